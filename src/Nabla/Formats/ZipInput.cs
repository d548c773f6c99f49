using System.IO.Compression;

namespace Nabla.Formats;

/// <summary>
/// A zip file that is read in place: no entry is ever written to disk. Before anything is unpacked, all entries are checked: their names stay within the
/// archive and are there once, none is a link, none overlaps another, and none claims to unpack to more than its packed bytes can hold.
/// </summary>
internal sealed class ZipInput : IDisposable
{
    /// <summary>Deflate packs at most 1032 bytes into one.</summary>
    public const long DeflateRatio = 1032;

    private const int MostEntries = 100_000;
    private const int FileKindMask = 0xF000;
    private const int LinkKind = 0xA000;
    private const int UnixModeShift = 16;

    private readonly string path;
    private readonly string what;
    private readonly ZipArchive archive;
    private readonly OrderedDictionary<string, ZipArchiveEntry> entries = [];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="what">What it should be, for the error: as in <c>a zip archive of arrays</c>.</param>
    /// <param name="limit">The bytes that all entries together may unpack to.</param>
    /// <param name="largestRatio">How many bytes a packed one may hold.</param>
    /// <exception cref="InvalidFileException">It is none, or breaks a rule.</exception>
    public ZipInput(string path, string what, long limit = long.MaxValue, long largestRatio = DeflateRatio)
    {
        (this.path, this.what) = (path, what);
        FileStream stream = File.OpenRead(path);
        try
        {
            archive = Guard(() => new ZipArchive(stream, ZipArchiveMode.Read));
            Guard(() => Check(stream.Length, limit, largestRatio));
        }
        catch
        {
            archive?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The names of the entries that are files, in the order of the archive.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Whether there is an entry of a name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>The bytes that an entry unpacks to.</summary>
    public long LengthOf(string name) => entries[name].Length;

    /// <summary>Reads one entry from front to back, and checks that nothing follows and that its checksum is right.</summary>
    /// <exception cref="InvalidFileException">There is none of this name, or it is corrupt.</exception>
    public T Read<T>(string name, Func<FileInput, T> read)
    {
        ZipArchiveEntry entry = Find(name);
        return Guard(() =>
        {
            using Crc32Stream content = new(entry.Open());
            using FileInput input = new(content, $"{path}:{name}", entry.Length);
            T result = read(input);
            input.ExpectEnd("its last byte");
            return content.Hash == entry.Crc32
                ? result
                : throw Error($"expected '{name}' with checksum {entry.Crc32:X8}, got {content.Hash:X8}");
        });
    }

    /// <summary>Reads the begin of an entry; what follows is neither read nor checked.</summary>
    /// <exception cref="InvalidFileException">There is none of this name, or it is corrupt so far.</exception>
    public T ReadBegin<T>(string name, Func<FileInput, T> read)
    {
        ZipArchiveEntry entry = Find(name);
        return Guard(() =>
        {
            using FileInput input = new(entry.Open(), $"{path}:{name}", entry.Length);
            return read(input);
        });
    }

    public void Dispose() => archive.Dispose();

    private ZipArchiveEntry Find(string name) => entries.TryGetValue(name, out ZipArchiveEntry? found) ? found : throw Error($"expected an entry '{name}', got none");

    private bool Check(long fileLength, long limit, long largestRatio)
    {
        long packed = 0;
        long unpacked = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            RequireName(entry);
            packed += entry.CompressedLength;
            unpacked += entry.Length;
            if (entry.CompressedLength < 0 || packed > fileLength)
            {
                throw Error($"expected entries that lie one after the other in {fileLength} bytes, got more from '{entry.FullName}' on");
            }

            if (entry.Length / largestRatio > entry.CompressedLength)
            {
                throw Error($"expected entries packed {largestRatio} to 1 at most, got '{entry.FullName}' with {entry.Length} bytes in {entry.CompressedLength}");
            }

            if (unpacked > limit)
            {
                throw Error($"expected entries of at most {limit} bytes together, got more from '{entry.FullName}' on");
            }
        }

        return true;
    }

    private void RequireName(ZipArchiveEntry entry)
    {
        string name = entry.FullName;
        if (name.Length == 0 || name.StartsWith('/') || name.Contains('\\') || name.Contains(':') || name.Split('/').Contains(".."))
        {
            throw Error($"expected names of entries that stay within the archive, got '{name}'");
        }

        if (((entry.ExternalAttributes >> UnixModeShift) & FileKindMask) == LinkKind)
        {
            throw Error($"expected files, got a symbolic link '{name}'");
        }

        if (!name.EndsWith('/') && (entries.Count == MostEntries || !entries.TryAdd(name, entry)))
        {
            throw Error(entries.Count == MostEntries ? $"expected at most {MostEntries} entries, got more" : $"expected each name once, got '{name}' twice");
        }
    }

    // The archive reader has an exception of its own for each way in which a zip file can be broken.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (
            error is InvalidDataException or EndOfStreamException or NotSupportedException or OverflowException or ArgumentException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected {what}, got something else ({error.Message.TrimEnd('.')})", error);
        }
    }

    private InvalidFileException Error(string problem) => new(path, FilePosition.None, problem);
}
