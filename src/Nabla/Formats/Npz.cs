using System.IO.Compression;

namespace Nabla.Formats;

/// <summary>Reads and writes NumPy's archives of arrays (<c>.npz</c>): a zip file with one <c>.npy</c> entry an array.</summary>
public static class Npz
{
    /// <summary>The unpacked bytes that <see cref="Read(string, long)"/> accepts when nothing else is said: 16 GiB.</summary>
    public const long DefaultLimit = 16L << 30;

    private const string Extension = ".npy";

    // Zip times have no zone and no year before 1980; a fixed one makes equal content equal bytes.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads all arrays of an archive, by name, in the order of the archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The bytes that all entries together may unpack to: a small file can hold a huge array of zeros.</param>
    /// <exception cref="InvalidFileException">The file is not such an archive, corrupt, or unpacks to more than the limit.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path, long limit = DefaultLimit)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using ZipInput archive = new(path, "a zip archive of arrays", limit);
        OrderedDictionary<string, Tensor> tensors = [];
        foreach (string entry in archive.Names)
        {
            if (!tensors.TryAdd(Name(entry), archive.Read(entry, Npy.Read)))
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected each name once, got '{Name(entry)}' twice");
            }
        }

        return tensors;
    }

    /// <summary>What an archive holds, in its order, by the headers of its arrays alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file is not such an archive, or a header is corrupt.</exception>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using ZipInput archive = new(path, "a zip archive of arrays");
        return [.. archive.Names.Select(entry => archive.ReadBegin(entry, input => Npy.Describe(input, Name(entry))))];
    }

    /// <summary>Writes tensors by name; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; each name once.</param>
    /// <param name="compress">Whether to pack the elements.</param>
    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compress = false)
    {
        OrderedDictionary<string, Tensor> entries = new(tensors);
        CompressionLevel level = compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
        AtomicFile.Write(path, stream =>
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, Tensor tensor) in entries)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name + Extension, level);
                entry.LastWriteTime = EntryTime;
                using Stream content = entry.Open();
                Npy.Write(content, tensor);
            }
        });
    }

    private static string Name(string entry) => entry.EndsWith(Extension, StringComparison.Ordinal) ? entry[..^Extension.Length] : entry;
}
