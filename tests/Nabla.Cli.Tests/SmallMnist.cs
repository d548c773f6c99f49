using System.Buffers.Binary;
using Nabla.Data;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>A folder with the first images of MNIST, for tests that need real digits but not 70,000 of them.</summary>
public sealed class SmallMnist : IDisposable
{
    private const int Side = 28;
    private readonly TemporaryFolder folder = new();

    public SmallMnist()
        : this(2000, 500)
    {
    }

    internal SmallMnist(int training, int test)
    {
        foreach ((string part, int count) in new[] { ("train", training), ("t10k", test) })
        {
            Write($"{part}-images-idx3-ubyte", 0x803, count, [Side, Side]);
            Write($"{part}-labels-idx1-ubyte", 0x801, count, []);
        }
    }

    public string Folder => folder.ToString();

    public void Dispose() => folder.Dispose();

    private void Write(string name, int magic, int count, int[] sample)
    {
        int size = sample.Aggregate(1, (product, side) => product * side);
        byte[] content = IdxReader.Read(Repository.PathOf($"data/mnist/{name}.gz")).ToArray<byte>()[..(count * size)];
        byte[] header = new byte[8 + (4 * sample.Length)];
        BinaryPrimitives.WriteInt32BigEndian(header, magic);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), count);
        for (int axis = 0; axis < sample.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8 + (4 * axis)), sample[axis]);
        }

        folder.Write(name, [.. header, .. content]);
    }
}
