using Nabla.Formats;

namespace Nabla.Tests.Tensors;

/// <summary>Tensors of int8: made, moved, drawn, printed, written and read.</summary>
public sealed class SignedByteTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void They_are_made_moved_and_printed()
    {
        Tensor x = Tensor.From([(sbyte)-128, (sbyte)-1, (sbyte)0, (sbyte)1, (sbyte)5, (sbyte)127], [2, 3]);
        Assert.Equal((DataType.Int8, 1, "int8"), (x.DataType, x.DataType.Size, x.DataType.Label));
        Assert.Equal(new sbyte[] { -128, 1, -1, 5, 0, 127 }, x.Transpose().ToArray<sbyte>());
        Assert.Equal(new sbyte[] { 1, 5, 127, -128, -1, 0 }, x.Gather(0, Tensor.From(1, 0)).ToArray<sbyte>());
        Assert.Equal(new sbyte[] { -128, -1, 0, 1, 5, 127, -7, -7, -7 }, ShapeOps.Concatenate(0, x, Tensor.Full([1, 3], -7, DataType.Int8)).ToArray<sbyte>());
        Assert.Equal("int8 [2, 3] [[-128, -1, 0],\n [1, 5, 127]]", x.ToString());
        Assert.Equal(-128, x.Min().Item<sbyte>());
        Assert.Throws<OverflowException>(() => Tensor.Full([1], 128, DataType.Int8));
    }

    [Fact]
    public void They_are_written_and_read_as_bytes()
    {
        Tensor x = Tensor.From([.. Enumerable.Range(-128, 256).Select(value => (sbyte)value)], [16, 16]);
        Npy.Write(folder.File("x.npy"), x);
        Safetensors.Write(folder.File("x.safetensors"), [new("x", x)]);
        foreach (Tensor read in new[] { Npy.Read(folder.File("x.npy")), Safetensors.Read(folder.File("x.safetensors"))["x"] })
        {
            Assert.Equal(x.Type, read.Type);
            Assert.Equal(x.ToArray<sbyte>(), read.ToArray<sbyte>());
        }

        Assert.Contains("\"I8\"", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder.File("x.safetensors"))), StringComparison.Ordinal);
        Assert.Contains("'|i1'", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder.File("x.npy"))), StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_drawn_over_their_range()
    {
        sbyte[] drawn = new RandomKey(3).Integers([20_000], -128, 128, DataType.Int8).ToArray<sbyte>();
        Assert.Equal(256, drawn.Distinct().Count());
        Assert.Contains("int8", Assert.Throws<ArgumentException>(() => new RandomKey(3).Integers([2], -129, 5, DataType.Int8)).Message, StringComparison.Ordinal);
    }
}
