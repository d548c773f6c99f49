using System.Buffers;
using System.Buffers.Binary;

namespace Nabla.Client;

/// <summary>Tensors of BYTES as they travel: before each element stands its length, in four bytes and little-endian.</summary>
internal static class WireBytes
{
    private const int LengthSize = sizeof(int);

    /// <summary>How many bytes a tensor takes.</summary>
    public static int SizeOf(BytesTensor tensor) => tensor.Elements.Sum(element => LengthSize + element.Length);

    /// <summary>Writes a tensor.</summary>
    public static void Write(IBufferWriter<byte> target, BytesTensor tensor)
    {
        foreach (ReadOnlyMemory<byte> element in tensor.Elements)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target.GetSpan(LengthSize), element.Length);
            target.Advance(LengthSize);
            target.Write(element.Span);
        }
    }

    /// <summary>The tensor that a server sent.</summary>
    /// <exception cref="ModelServerException">Its bytes are no elements, or not as many as its sizes say.</exception>
    public static BytesTensor Read(string name, IEnumerable<long> shape, ReadOnlySpan<byte> data)
    {
        List<ReadOnlyMemory<byte>> elements = [];
        ReadOnlySpan<byte> rest = data;
        while (rest.Length > 0)
        {
            int length = rest.Length < LengthSize ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < 0 || length > rest.Length - LengthSize)
            {
                throw Broken(name, null);
            }

            elements.Add(rest.Slice(LengthSize, length).ToArray());
            rest = rest[(LengthSize + length)..];
        }

        try
        {
            return new BytesTensor(elements, [.. shape.Select(size => checked((int)size))]);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw Broken(name, error);
        }
    }

    private static ModelServerException Broken(string name, Exception? error) =>
        new($"The output '{name}' of BYTES has other elements than its lengths and sizes say.", "invalid_answer", error);
}
