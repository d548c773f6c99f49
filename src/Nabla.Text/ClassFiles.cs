using Nabla.Formats;

namespace Nabla.Text;

/// <summary>A folder with one file a class, a text a line, gzipped or not.</summary>
internal static class ClassFiles
{
    private static readonly string[] Endings = [".gz", ".txt"];

    /// <exception cref="InvalidFileException">There are fewer than two files, or one is not in UTF-8.</exception>
    public static IEnumerable<LabeledLine> Read(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal)];
        if (files.Length < 2)
        {
            throw new InvalidFileException(folder, FilePosition.None, $"expected a file a class, a text a line, got {files.Length} files");
        }

        string[] names = [.. files.Select(NameOf)];
        int common = CommonPrefix(names);
        return files.Zip(names, (file, name) => TextLines.Read(file).Select((line, index) => new LabeledLine(file, index + 1, line, name[common..]))).SelectMany(lines => lines);
    }

    private static string NameOf(string file)
    {
        string name = Path.GetFileName(file);
        foreach (string ending in Endings)
        {
            name = name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? name[..^ending.Length] : name;
        }

        return name;
    }

    // Files are often called 'reviews.pos' and 'reviews.neg': what they have in common, up to a dot, says nothing of the class.
    private static int CommonPrefix(string[] names)
    {
        string first = names[0];
        int length = first.LastIndexOf('.') + 1;
        while (length > 0 && !Array.TrueForAll(names, name => name.Length > length && name.StartsWith(first[..length], StringComparison.Ordinal)))
        {
            length = length > 1 ? first.LastIndexOf('.', length - 2) + 1 : 0;
        }

        return length;
    }
}
