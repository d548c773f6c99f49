using System.Buffers.Binary;
using System.Text;

namespace Nabla.Formats;

/// <summary>
/// Writes a zip file whose entries are stored as they are, each beginning at a multiple of 64 bytes, so that a reader can map them into memory: .NET's own
/// writer has no say in where an entry begins. Source: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.
/// </summary>
internal sealed class AlignedZipOutput(Stream stream)
{
    private const int Alignment = 64;
    private const int LocalHeaderLength = 30;
    private const int ExtraHeaderLength = 4;
    private const int ChecksumPlace = 14;

    // The field that PyTorch pads with.
    private const ushort PaddingField = 0x4246;
    private const ushort Zip64Field = 1;
    private const ushort PlainVersion = 20;
    private const ushort Zip64Version = 45;

    // Zip times have no year before 1980; a fixed one makes equal content equal bytes.
    private const ushort FirstOfJanuary1980 = 0x0021;

    private readonly List<Entry> entries = [];

    /// <summary>Writes an entry.</summary>
    /// <param name="name">Its name, in ASCII.</param>
    /// <param name="write">Writes its content, of less than 4 GiB.</param>
    public void Add(string name, Action<Stream> write)
    {
        byte[] nameBytes = Encoding.ASCII.GetBytes(name);
        long offset = stream.Position;
        long unaligned = offset + LocalHeaderLength + nameBytes.Length + ExtraHeaderLength;
        byte[] padding = new byte[(Alignment - (unaligned % Alignment)) % Alignment];
        WriteNumbers(0x04034B50u, PlainVersion, (ushort)0, (ushort)0, (ushort)0, FirstOfJanuary1980, 0u, 0u, 0u, (ushort)nameBytes.Length, (ushort)(padding.Length + ExtraHeaderLength));
        stream.Write(nameBytes);
        WriteNumbers(PaddingField, (ushort)padding.Length);
        stream.Write(padding);

        long start = stream.Position;
        Crc32Stream content = new(stream);
        write(content);
        long end = stream.Position;
        Entry entry = new(nameBytes, offset, content.Hash, checked((uint)(end - start)));
        stream.Position = offset + ChecksumPlace;
        WriteNumbers(entry.Checksum, entry.Length, entry.Length);
        stream.Position = end;
        entries.Add(entry);
    }

    /// <summary>Writes the directory of the archive.</summary>
    public void Complete()
    {
        long start = stream.Position;
        entries.ForEach(WriteDirectory);
        long end = stream.Position;
        bool isLarge = end > uint.MaxValue || entries.Count >= ushort.MaxValue;
        if (isLarge)
        {
            ulong count = (ulong)entries.Count;
            WriteNumbers(0x06064B50u, 44UL, Zip64Version, Zip64Version, 0u, 0u, count, count, (ulong)(end - start), (ulong)start);
            WriteNumbers(0x07064B50u, 0u, (ulong)end, 1u);
        }

        ushort shown = isLarge ? ushort.MaxValue : (ushort)entries.Count;
        (uint size, uint place) = isLarge ? (uint.MaxValue, uint.MaxValue) : ((uint)(end - start), (uint)start);
        WriteNumbers(0x06054B50u, (ushort)0, (ushort)0, shown, shown, size, place, (ushort)0);
    }

    private void WriteDirectory(Entry entry)
    {
        bool isFar = entry.Offset >= uint.MaxValue;
        ushort version = isFar ? Zip64Version : PlainVersion;
        WriteNumbers(
            0x02014B50u, version, version, (ushort)0, (ushort)0, (ushort)0, FirstOfJanuary1980, entry.Checksum, entry.Length, entry.Length,
            (ushort)entry.Name.Length, (ushort)(isFar ? ExtraHeaderLength + sizeof(ulong) : 0), (ushort)0, (ushort)0, (ushort)0, 0u,
            isFar ? uint.MaxValue : (uint)entry.Offset);
        stream.Write(entry.Name);
        if (isFar)
        {
            WriteNumbers(Zip64Field, (ushort)sizeof(ulong), (ulong)entry.Offset);
        }
    }

    // Each number little-endian, in as many bytes as its type has.
    private void WriteNumbers(params ReadOnlySpan<object> numbers)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        foreach (object number in numbers)
        {
            (ulong value, int size) = number switch
            {
                ushort two => (two, sizeof(ushort)),
                uint four => (four, sizeof(uint)),
                _ => ((ulong)number, sizeof(ulong)),
            };
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
            stream.Write(bytes[..size]);
        }
    }

    private sealed record Entry(byte[] Name, long Offset, uint Checksum, uint Length);
}
