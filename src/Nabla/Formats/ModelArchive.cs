using System.IO.Compression;

namespace Nabla.Formats;

/// <summary>
/// A model as one zip file. It is read in place: entries have known names only, and what they unpack to is bounded before anything is unpacked.
/// </summary>
internal sealed class ModelArchive : IModelSource
{
    // Trained weights hardly pack at all, and weights of which nine in ten are zero to about a twelfth.
    private const long LargestRatio = 100;

    // Zip times have no zone and no year before 1980; a fixed one makes equal content equal bytes.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipInput archive;

    public ModelArchive(string path)
    {
        archive = new ZipInput(path, "a model as a zip file", largestRatio: LargestRatio);
        if (archive.Names.FirstOrDefault(name => !ModelFolder.Files.Contains(name)) is { } unknown)
        {
            archive.Dispose();
            throw new InvalidFileException(path, FilePosition.None, $"expected the entries {Names.List(ModelFolder.Files)}, got '{unknown}'");
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

    public bool Has(string name) => archive.Contains(name);

    public T Read<T>(string name, Func<FileInput, T> read) => archive.Read(name, read);

    public void Dispose() => archive.Dispose();

    private static void Add(ZipArchive archive, string name, CompressionLevel level, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = EntryTime;
        using Stream content = entry.Open();
        write(content);
    }
}
