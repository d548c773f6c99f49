using Nabla.Formats;
using Nabla.TensorBoard.Records;

namespace Nabla.TensorBoard.Tests;

public sealed class RecordTests
{
    // The published vector of the masked checksum.
    [Fact]
    public void The_checksum_is_the_published_one() =>
        Assert.Equal(0x5794D08Au, RecordChecksum.Of([0x1A, 0x11, .. "CRC test, one two"u8]));

    // CRC-32C of "123456789" is 0xE3069283 (RFC 3720, B.4 gives others of the same polynomial), masked.
    [Fact]
    public void The_checksum_of_nine_digits_is_masked_castagnoli() =>
        Assert.Equal(unchecked(((0xE3069283u >> 15) | (0xE3069283u << 17)) + 0xA282EAD8u), RecordChecksum.Of("123456789"u8));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void What_is_written_is_read(int length)
    {
        byte[] record = [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];
        RecordReader reader = Open(Bytes(record, [5]));
        Assert.Equal(record, reader.Next());
        Assert.Equal([5], reader.Next());
        Assert.Null(reader.Next());
        Assert.False(reader.IsCut);
    }

    [Fact]
    public void A_record_that_is_not_whole_is_left_out_wherever_it_is_cut()
    {
        byte[] first = Bytes([1, 2, 3]);
        byte[] both = Bytes([1, 2, 3], [4, 5]);
        for (int length = first.Length + 1; length < both.Length; length++)
        {
            RecordReader reader = Open(both[..length]);
            Assert.Equal([1, 2, 3], reader.Next());
            Assert.Null(reader.Next());
            Assert.True(reader.IsCut);
        }
    }

    [Fact]
    public void A_changed_byte_is_noticed_wherever_it_stands()
    {
        byte[] whole = Bytes([1, 2, 3], [4, 5]);
        int second = Bytes([1, 2, 3]).Length;
        for (int index = second; index < whole.Length; index++)
        {
            byte[] changed = [.. whole];
            changed[index] ^= 0x10;
            RecordReader reader = Open(changed);
            Assert.NotNull(reader.Next());
            InvalidFileException error = Assert.Throws<InvalidFileException>(() => reader.Next());
            Assert.Equal(index < second + 12 ? second : second + 12, error.Position.ByteOffset);
        }
    }

    [Fact]
    public void A_length_beyond_all_sense_is_refused_although_its_checksum_fits()
    {
        byte[] length = BitConverter.GetBytes(long.MaxValue);
        byte[] file = [.. length, .. BitConverter.GetBytes(RecordChecksum.Of(length)), 0];
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => Open(file).Next());
        Assert.Contains("expected a record of at most 536870912 bytes, got 9223372036854775807 at byte 0", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(params byte[][] records)
    {
        using MemoryStream stream = new();
        foreach (byte[] record in records)
        {
            RecordWriter.Write(stream, record);
        }

        return stream.ToArray();
    }

    private static RecordReader Open(byte[] bytes) => new(new MemoryStream(bytes), "a.tfevents");
}
