using System.Buffers.Binary;

namespace Nabla.TensorBoard.Records;

/// <summary>Writes records as TensorFlow does (TFRecord): the length in 8 bytes, its checksum in 4, the bytes, their checksum in 4; little-endian.</summary>
internal static class RecordWriter
{
    /// <summary>Appends a record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> record)
    {
        Span<byte> head = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(ulong)..], RecordChecksum.Of(head[..sizeof(ulong)]));
        stream.Write(head);
        stream.Write(record);
        Span<byte> tail = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, RecordChecksum.Of(record));
        stream.Write(tail);
    }
}
