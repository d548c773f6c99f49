using Nabla.Formats;

namespace Nabla.Text;

/// <summary>A folder with one file a class, a text a line, gzipped or not.</summary>
internal static class ClassFiles
{
    private const string Packed = ".gz";
    private const string Text = ".txt";

    // What stands beside texts and tells of them.
    private static readonly string[] Remarks = ["readme", "license", "licence", "copying", "changelog"];

    /// <exception cref="InvalidFileException">There are fewer than two such files, or one is not in UTF-8.</exception>
    public static IEnumerable<LabeledLine> Read(string folder)
    {
        string[] files = [.. OfClasses([.. Directory.EnumerateFiles(folder).Where(IsNoRemark).Order(StringComparer.Ordinal)])];
        if (files.Length < 2)
        {
            throw new InvalidFileException(
                folder, FilePosition.None, $"expected a file a class, a text a line, such as pos.txt and neg.txt, got {files.Length} of them");
        }

        string[] names = [.. files.Select(NameOf)];
        int common = CommonPrefix(names);
        return files.Zip(names, (file, name) => TextLines.Read(file).Select((line, index) => new LabeledLine(file, index + 1, line, name[common..]))).SelectMany(lines => lines);
    }

    // Without files of text the ending may be the class, as of reviews.pos and reviews.neg; a table or a page alone is none.
    private static IEnumerable<string> OfClasses(string[] files)
    {
        string[] texts = [.. files.Where(file => Unpacked(file).EndsWith(Text, StringComparison.OrdinalIgnoreCase))];
        return texts.Length > 0 ? texts : files
            .GroupBy(file => Path.GetFileNameWithoutExtension(Unpacked(file)))
            .Where(sharing => sharing.Count() > 1 || !Path.HasExtension(Unpacked(sharing.First())))
            .SelectMany(sharing => sharing);
    }

    private static bool IsNoRemark(string file)
    {
        string name = Path.GetFileName(file);
        return !name.StartsWith('.') && !Remarks.Contains(Path.GetFileNameWithoutExtension(Unpacked(name)).ToLowerInvariant());
    }

    private static string Unpacked(string file) => file.EndsWith(Packed, StringComparison.OrdinalIgnoreCase) ? file[..^Packed.Length] : file;

    private static string NameOf(string file)
    {
        string name = Unpacked(Path.GetFileName(file));
        return name.EndsWith(Text, StringComparison.OrdinalIgnoreCase) ? name[..^Text.Length] : name;
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
