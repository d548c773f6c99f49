using System.Formats.Tar;
using System.IO.Compression;

namespace Nabla.Conformance.Onnx;

/// <summary>Reads test cases from a folder or a packed archive <c>set/name/model.onnx</c>.</summary>
internal static class OnnxCases
{
    private const long MostBytes = 1L << 30;

    public static IReadOnlyList<OnnxCase> Read(string path)
    {
        IEnumerable<(string Path, byte[] Content)> files = Directory.Exists(path) ? FromFolder(path) : FromArchive(path);
        return
        [
            .. files
                .Select(file => (Parts: file.Path.Replace('\\', '/').TrimStart('.', '/').Split('/'), file.Content))
                .Where(file => file.Parts.Length >= 2)
                .GroupBy(file => CaseOf(file.Parts))
                .Where(group => group.Any(file => file.Parts[^1] == "model.onnx"))
                .Select(group => new OnnxCase(
                    group.Key.Set, group.Key.Name,
                    group.ToDictionary(file => string.Join('/', file.Parts[(Array.IndexOf(file.Parts, group.Key.Name) + 1)..]), file => file.Content)))
                .OrderBy(item => item.Set, StringComparer.Ordinal)
                .ThenBy(item => item.Name, StringComparer.Ordinal),
        ];
    }

    private static (string Set, string Name) CaseOf(string[] parts)
    {
        int name = Array.FindIndex(parts, part => part.StartsWith("test_", StringComparison.Ordinal) && !part.StartsWith("test_data_set", StringComparison.Ordinal));
        return name < 0 ? ("", parts[0]) : (name > 0 ? parts[name - 1] : "", parts[name]);
    }

    private static IEnumerable<(string Path, byte[] Content)> FromFolder(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllBytes(file)));

    private static IEnumerable<(string Path, byte[] Content)> FromArchive(string path)
    {
        using FileStream file = File.OpenRead(path);
        using GZipStream unpacked = new(file, CompressionMode.Decompress);
        using TarReader reader = new(unpacked);
        long total = 0;
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                continue;
            }

            total += entry.Length;
            if (total > MostBytes)
            {
                throw new InvalidDataException($"{path}: expected at most {MostBytes} bytes of test cases.");
            }

            byte[] content = new byte[entry.Length];
            entry.DataStream.ReadExactly(content);
            yield return (entry.Name, content);
        }
    }
}
