using System.Buffers.Binary;
using System.IO.Compression;

namespace Nabla.Fuzz.Tests;

/// <summary>Zip files, also such as no honest program writes.</summary>
internal static class BadZips
{
    private const int CentralSignature = 0x02014B50;
    private const int ChecksumPlace = 16;
    private const int PackedPlace = 20;
    private const int UnpackedPlace = 24;
    private const int LocalHeaderPlace = 42;
    private const int LinkAttributes = unchecked((int)0xA1FF0000);

    /// <summary>An archive of stored entries; names may be anything, also there twice.</summary>
    public static byte[] Stored(params (string Name, byte[] Content)[] entries) => Write(CompressionLevel.NoCompression, isLink: false, entries);

    /// <summary>An archive of packed entries.</summary>
    public static byte[] Packed(params (string Name, byte[] Content)[] entries) => Write(CompressionLevel.SmallestSize, isLink: false, entries);

    /// <summary>An archive whose entry is a symbolic link.</summary>
    public static byte[] Link(string name, string target) => Write(CompressionLevel.NoCompression, isLink: true, (name, System.Text.Encoding.ASCII.GetBytes(target)));

    /// <summary>The same archive, whose directory claims that the first entry unpacks to another length.</summary>
    public static byte[] Claiming(byte[] archive, uint unpacked) => Patched(archive, 0, UnpackedPlace, unpacked);

    /// <summary>The same archive, whose directory claims that the first entry is stored in so many bytes and has as many.</summary>
    public static byte[] ClaimingStored(byte[] archive, uint length) => Patched(Patched(archive, 0, UnpackedPlace, length), 0, PackedPlace, length);

    /// <summary>The same archive, whose directory names another checksum of the first entry.</summary>
    public static byte[] WithChecksum(byte[] archive, uint checksum) => Patched(archive, 0, ChecksumPlace, checksum);

    /// <summary>The same archive, whose second entry has the content of the first: what a bomb of overlapping entries does thousands of times.</summary>
    public static byte[] Overlapping(byte[] archive)
    {
        int first = Central(archive, 0);
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(archive.AsSpan(first + PackedPlace));
        uint unpacked = BinaryPrimitives.ReadUInt32LittleEndian(archive.AsSpan(first + UnpackedPlace));
        return Patched(Patched(Patched(archive, 1, LocalHeaderPlace, 0), 1, PackedPlace, packed), 1, UnpackedPlace, unpacked);
    }

    private static byte[] Patched(byte[] archive, int entry, int place, uint value)
    {
        byte[] patched = [.. archive];
        BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(Central(archive, entry) + place), value);
        return patched;
    }

    private static int Central(byte[] archive, int entry)
    {
        Span<byte> signature = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(signature, CentralSignature);
        int place = archive.AsSpan().IndexOf(signature);
        for (; entry > 0; entry--)
        {
            place += 1 + archive.AsSpan(place + 1).IndexOf(signature);
        }

        return place;
    }

    private static byte[] Write(CompressionLevel level, bool isLink, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name, level);
                entry.ExternalAttributes = isLink ? LinkAttributes : 0;
                using Stream target = entry.Open();
                target.Write(content);
            }
        }

        return stream.ToArray();
    }
}
