using System.IO.Compression;

namespace Nabla.Formats;

/// <summary>
/// A model as one zip file. It is read in place: no entry is ever written to disk, entries have known names only, and what they unpack to
/// is bounded before anything is unpacked.
/// </summary>
internal sealed class ModelArchive : IModelSource
{
    // Trained weights hardly pack at all, and weights of which nine in ten are zero to about a twelfth.
    private const long LargestRatio = 100;

    // Zip times have no zone and no year before 1980; a fixed one makes equal content equal bytes.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string path;
    private readonly ZipArchive archive;

    public ModelArchive(string path)
    {
        this.path = path;
        archive = Open(path);
        try
        {
            RequireEntries();
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Writes a model into one file, which is replaced as a whole.</summary>
    public static void Write(
        string path, IReadOnlyList<KeyValuePair<string, byte[]>> texts, IReadOnlyList<KeyValuePair<string, Tensor>> weights, SafetensorsOptions options) => AtomicFile.Write(path, stream =>
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, byte[] text) in texts)
        {
            Add(archive, name, CompressionLevel.Optimal, content => content.Write(text));
        }

        Add(archive, ModelFolder.WeightsFile, CompressionLevel.NoCompression, content => Safetensors.Write(content, weights, options));
    });

    public bool Has(string name) => archive.GetEntry(name) is not null;

    public T Read<T>(string name, Func<FileInput, T> read)
    {
        ZipArchiveEntry entry = archive.GetEntry(name)
            ?? throw Error($"expected the entries {Names.List(ModelFolder.Files)}, got none called '{name}'");
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

    public void Dispose() => archive.Dispose();

    private static ZipArchive Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw NoArchive(path, error);
        }
    }

    private static void Add(ZipArchive archive, string name, CompressionLevel level, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = EntryTime;
        using Stream content = entry.Open();
        write(content);
    }

    private static InvalidFileException NoArchive(string path, Exception error) =>
        new(path, FilePosition.None, $"expected a model as a zip file, got something else ({error.Message.TrimEnd('.')})", error);

    private void RequireEntries() => Guard(() =>
    {
        HashSet<string> met = [];
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (!ModelFolder.Files.Contains(entry.FullName) || !met.Add(entry.FullName))
            {
                throw Error($"expected the entries {Names.List(ModelFolder.Files)}, each once, got '{entry.FullName}'");
            }

            if (entry.Length / LargestRatio > entry.CompressedLength)
            {
                throw Error($"expected entries packed to a hundredth at most, got '{entry.FullName}' with {entry.Length} bytes in {entry.CompressedLength}");
            }
        }

        return met;
    });

    // The archive reader has an exception of its own for each way in which a zip file can be broken.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (
            error is InvalidDataException or EndOfStreamException or NotSupportedException or OverflowException or ArgumentOutOfRangeException)
        {
            throw NoArchive(path, error);
        }
    }

    private InvalidFileException Error(string problem) => new(path, FilePosition.None, problem);
}
