using System.Buffers.Binary;
using Nabla.Formats;

namespace Nabla.TensorBoard.Records;

/// <summary>Reads the records that <see cref="RecordWriter"/> writes, one after the other.</summary>
/// <param name="stream">The file, at its start.</param>
/// <param name="name">What errors call it.</param>
internal sealed class RecordReader(Stream stream, string name)
{
    private const int HeadLength = sizeof(ulong) + sizeof(uint);
    private const int MostBytes = 1 << 29;
    private readonly FileInput input = new(stream, name, stream.Length);

    /// <summary>Whether the file ended within a record: its writer goes on, or was stopped.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The byte at which the record begins that was read last.</summary>
    public long Start { get; private set; }

    /// <summary>The next record; null at the end.</summary>
    /// <exception cref="InvalidFileException">A checksum does not fit: the file is damaged, or no record file.</exception>
    public byte[]? Next()
    {
        Start = input.Position;
        if (input.Remaining < HeadLength)
        {
            IsCut = input.Remaining > 0;
            return null;
        }

        long length = ReadLength();
        if (input.Remaining < length + sizeof(uint))
        {
            IsCut = true;
            return null;
        }

        byte[] record = input.Read(length, "a record");
        Span<byte> tail = stackalloc byte[sizeof(uint)];
        input.Read(tail, "the checksum of a record");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(tail), RecordChecksum.Of(record), Start + HeadLength, "a record");
        return record;
    }

    /// <summary>An error about the record that was read last.</summary>
    public InvalidFileException Error(string problem, Exception inner) => input.ErrorAt(Start, problem, inner);

    private long ReadLength()
    {
        Span<byte> head = stackalloc byte[HeadLength];
        input.Read(head, "the head of a record");
        ReadOnlySpan<byte> length = head[..sizeof(ulong)];
        Require(BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(ulong)..]), RecordChecksum.Of(length), Start, "the length of a record");
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        return bytes <= MostBytes ? (long)bytes : throw input.ErrorAt(Start, $"expected a record of at most {MostBytes} bytes, got {bytes}");
    }

    private void Require(uint got, uint expected, long position, string what)
    {
        if (got != expected)
        {
            throw input.ErrorAt(position, $"expected checksum 0x{expected:X8} for {what}, got 0x{got:X8}");
        }
    }
}
