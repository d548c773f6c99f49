using System.IO.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests.Formats;

namespace Nabla.Tests.Data;

public sealed class IdxReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Bytes_keep_their_type_and_shape()
    {
        Tensor tensor = Read([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255]);
        Assert.Equal([2, 3], tensor.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 255], tensor.ToArray<byte>());
    }

    [Fact]
    public void Larger_elements_are_big_endian()
    {
        Assert.Equal([-1, 2], Read([0, 0, 9, 1, 0, 0, 0, 2, 255, 2]).ToArray<int>());
        Assert.Equal([-2, 258], Read([0, 0, 11, 1, 0, 0, 0, 2, 255, 254, 1, 2]).ToArray<int>());
        Assert.Equal([0x01020304], Read([0, 0, 12, 1, 0, 0, 0, 1, 1, 2, 3, 4]).ToArray<int>());
        Assert.Equal([1.5f], Read([0, 0, 13, 1, 0, 0, 0, 1, 0x3F, 0xC0, 0, 0]).ToArray<float>());
        Assert.Equal([-2.0], Read([0, 0, 14, 1, 0, 0, 0, 1, 0xC0, 0, 0, 0, 0, 0, 0, 0]).ToArray<double>());
    }

    [Fact]
    public void A_gzipped_file_is_known_by_its_content()
    {
        Tensor tensor = IdxReader.Read(folder.Write("no-ending", Gzip([0, 0, 8, 1, 0, 0, 0, 2, 3, 4])));
        Assert.Equal([3, 4], tensor.ToArray<byte>());
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 9, 1, 2 }, "expected 9 bytes for the elements, got only 2 at byte 10")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, "expected the file to end after [1] elements, got more at byte 9")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1 }, "expected 4 bytes for the size of dimension 1, got the end of the file at byte 8")]
    [InlineData(new byte[] { 0, 0, 7, 1, 0, 0, 0, 0 }, "expected an IDX file that starts with 00 00 and a type out of 08 09 0B 0C 0D 0E, got 00000701 at byte 0")]
    [InlineData(new byte[] { 0, 0, 8, 200 }, "expected at most 8 dimensions, got 200 at byte 3")]
    [InlineData(new byte[] { 0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255 }, "expected elements of at most 2147483647 bytes")]
    [InlineData(new byte[] { }, "expected 4 bytes for the magic of an IDX file, got the end of the file at byte 0")]
    public void A_wrong_file_is_named_with_the_byte(byte[] bytes, string expected)
    {
        string path = folder.Write("wrong", bytes);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => IdxReader.Read(path));
        Assert.StartsWith($"{path}: {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_gzipped_file_that_claims_much_is_refused_at_once()
    {
        string path = folder.Write("bomb", Gzip([0, 0, 8, 1, 0x7F, 0xFF, 0xFF, 0xFF, 1]));
        Assert.Contains("expected 2147483647 bytes", Assert.Throws<InvalidFileException>(() => IdxReader.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_truncation_is_refused(bool packed) => HostileInput.EveryTruncationIsRefused(Good(packed), path => IdxReader.Read(path));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Random_corruption_is_read_or_refused(bool packed) =>
        HostileInput.RandomCorruptionIsReadOrRefused(Good(packed), path => IdxReader.Read(path));

    private static byte[] Good(bool packed)
    {
        byte[] bytes = [0, 0, 12, 2, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, 24).Select(value => (byte)(value * 37))];
        return packed ? Gzip(bytes) : bytes;
    }

    internal static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    private Tensor Read(byte[] bytes) => IdxReader.Read(folder.Write("file", bytes));
}
