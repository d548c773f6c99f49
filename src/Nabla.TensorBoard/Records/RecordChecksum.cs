using System.Buffers.Binary;
using System.Numerics;

namespace Nabla.TensorBoard.Records;

/// <summary>
/// The checksum of TensorFlow's record files: CRC-32C (Castagnoli, polynomial 0x1EDC6F41), turned by 15 bits and moved by a constant so that the checksum
/// of data that holds checksums is none of those ("masked", TensorFlow's documentation of TFRecord).
/// </summary>
internal static class RecordChecksum
{
    private const uint Delta = 0xA282EAD8;

    /// <summary>The masked checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte one in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, one);
        }

        return BitOperations.RotateRight(~checksum, 15) + Delta;
    }
}
