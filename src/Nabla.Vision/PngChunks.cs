using System.Buffers.Binary;
using System.Text;
using Nabla.Formats;

namespace Nabla.Vision;

/// <summary>Finds the byte where a PNG file is damaged, which its decoder does not tell (PNG specification, third edition, section 5).</summary>
internal static class PngChunks
{
    private const int LengthAndType = 8;
    private const int Checksum = 4;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Refuses a PNG file that is cut short or changed; other files are not looked at.</summary>
    public static void Require(ReadOnlySpan<byte> content, string name)
    {
        if (!content.StartsWith(Signature))
        {
            return;
        }

        string type = "";
        for (int position = Signature.Length; type != "IEND";)
        {
            (type, position) = RequireChunk(content, position, name);
        }
    }

    private static (string Type, int End) RequireChunk(ReadOnlySpan<byte> content, int position, string name)
    {
        int left = content.Length - position;
        uint length = left >= LengthAndType ? BinaryPrimitives.ReadUInt32BigEndian(content[position..]) : 0;
        if (left < LengthAndType || length > left - LengthAndType - Checksum)
        {
            throw new InvalidFileException(name, FilePosition.Byte(content.Length), "expected the rest of a PNG picture, got the end of the file");
        }

        ReadOnlySpan<byte> chunk = content.Slice(position + sizeof(uint), sizeof(uint) + (int)length);
        uint noted = BinaryPrimitives.ReadUInt32BigEndian(content[(position + LengthAndType + (int)length)..]);
        uint actual = Crc32Stream.Of(chunk);
        string type = Encoding.Latin1.GetString(chunk[..sizeof(uint)]);
        return noted == actual
            ? (type, position + LengthAndType + (int)length + Checksum)
            : throw new InvalidFileException(name, FilePosition.Byte(position), $"expected a part '{type}' with checksum {noted:X8}, got {actual:X8}");
    }
}
