using System.Globalization;
using System.IO.Compression;

namespace Nabla.Formats;

/// <summary>Reads whole files that may be gzipped, whatever their name.</summary>
internal static class PackedFile
{
    private const int Limit = 1 << 30;
    private const int SmallestPacked = 18;

    /// <summary>The content, unpacked.</summary>
    /// <exception cref="InvalidFileException">The packed content is corrupt or larger than a gibibyte.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        Require(path);
        byte[] bytes = File.ReadAllBytes(path);
        return bytes is [0x1F, 0x8B, ..] ? Unpack(bytes, path) : bytes;
    }

    /// <summary>Says in plain words that a file is not there; the system would say that access to a folder is denied.</summary>
    public static void Require(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: expected a file, got a folder.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file.", path);
        }
    }

    private static byte[] Unpack(byte[] packed, string path)
    {
        using FileInput input = new(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress), path, long.MaxValue);
        using MemoryStream content = new();
        byte[] buffer = new byte[1 << 16];
        for (int count = input.ReadSome(buffer); count > 0; count = input.ReadSome(buffer))
        {
            content.Write(buffer, 0, count);
            if (content.Length > Limit)
            {
                throw input.Error($"expected at most {Limit} bytes of unpacked content, got more");
            }
        }

        RequireEnd(packed, input);
        return content.ToArray();
    }

    // The unpacker checks a checksum when it is there, but does not miss it when the last bytes are cut off.
    private static void RequireEnd(ReadOnlySpan<byte> packed, FileInput input)
    {
        uint? length = packed.Length < SmallestPacked ? null : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(packed[^sizeof(uint)..]);
        if (length != (uint)input.Position)
        {
            string got = length?.ToString(CultureInfo.InvariantCulture) ?? "none";
            throw input.Error($"expected a gzip file that ends with its unpacked length {input.Position}, got {got}: its last bytes are missing or changed");
        }
    }
}
