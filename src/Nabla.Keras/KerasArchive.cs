using System.IO.Compression;
using Nabla.Formats;

namespace Nabla.Keras;

/// <summary>A <c>.keras</c> archive: the configuration and the weights as entries of a zip. It is read in place and nothing of it is written to disk.</summary>
internal static class KerasArchive
{
    public const string ConfigEntry = "config.json";
    public const string WeightsEntry = "model.weights.h5";
    public const string MetadataEntry = "metadata.json";
    private const long LargestRatio = 1100;

    /// <summary>Whether bytes are how a zip begins.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes is [(byte)'P', (byte)'K', 3, 4, ..];

    /// <summary>The bytes of an entry.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="path">What errors call it.</param>
    /// <param name="name">The name of the entry.</param>
    /// <param name="limit">The bytes that it may have at most.</param>
    /// <exception cref="InvalidFileException">There is no such entry, or it is corrupt or too large.</exception>
    public static byte[] Read(Stream archive, string path, string name, long limit)
    {
        try
        {
            using ZipArchive zip = new(archive, ZipArchiveMode.Read, leaveOpen: true);
            ZipArchiveEntry[] entries = [.. zip.Entries.Where(entry => entry.FullName == name)];
            if (entries is not [{ } entry])
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected one entry '{name}' as in an archive of Keras 3, got {entries.Length}");
            }

            if (entry.Length > limit || entry.Length > entry.CompressedLength * LargestRatio || entry.CompressedLength > archive.Length)
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected at most {limit} bytes as '{name}', got {entry.Length} from {entry.CompressedLength}");
            }

            using FileInput input = new(entry.Open(), $"{path}:{name}", entry.Length);
            return input.Read(entry.Length, $"'{name}'");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a zip archive, got something corrupt ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Writes an archive, as a whole or not at all; nothing in it is packed, and equal content gives equal bytes.</summary>
    public static void Write(string path, string config, Action<Stream> writeWeights) => AtomicFile.Write(path, stream =>
    {
        using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, MetadataEntry, content => content.Write("{\"keras_version\": \"3.0.0\", \"date_saved\": \"1980-01-01@00:00:00\"}"u8));
        Add(zip, ConfigEntry, content => content.Write(System.Text.Encoding.UTF8.GetBytes(config)));
        Add(zip, WeightsEntry, writeWeights);
    });

    private static void Add(ZipArchive zip, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using Stream content = entry.Open();
        write(content);
    }
}
