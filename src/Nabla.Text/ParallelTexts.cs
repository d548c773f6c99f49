using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Texts with their translations.</summary>
/// <param name="Path">Where they come from, as the user named it.</param>
/// <param name="Sources">The texts; none is empty.</param>
/// <param name="Targets">The translation of each; none is empty.</param>
/// <param name="Dropped">How many pairs were left out because a side was empty.</param>
/// <example>
/// <code>
/// ParallelTexts pairs = ParallelTexts.Read("train.en.gz", "train.de.gz");   // a text a line in each
/// ParallelTexts more = ParallelTexts.Read("cmn.txt");                       // a pair a line: text, tab, translation
/// </code>
/// </example>
public sealed record ParallelTexts(string Path, IReadOnlyList<string> Sources, IReadOnlyList<string> Targets, int Dropped)
{
    private const char Tab = '\t';

    /// <summary>The pairs.</summary>
    public int Count => Sources.Count;

    /// <summary>Reads two files with a text a line, of which the first belongs to the first and so on; gzipped or not.</summary>
    /// <exception cref="InvalidFileException">
    /// They have not the same number of lines (the message has both), no line has a text on both sides, or a file is not in UTF-8.
    /// </exception>
    public static ParallelTexts Read(string sourceFile, string targetFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(sourceFile);
        ArgumentException.ThrowIfNullOrEmpty(targetFile);
        IReadOnlyList<string> sources = TextLines.Read(sourceFile);
        IReadOnlyList<string> targets = TextLines.Read(targetFile);
        return sources.Count == targets.Count
            ? Collect(sourceFile, [.. sources.Zip(targets)])
            : throw new InvalidFileException(
                sourceFile, FilePosition.None, $"expected as many lines as its translation {targetFile} has, {targets.Count}, got {sources.Count}");
    }

    /// <summary>Reads a file with a pair a line: a text, a tab, its translation; what stands behind a further tab is left out. Gzipped or not.</summary>
    /// <exception cref="InvalidFileException">A line has no tab (the message has its number), no line has a text on both sides, or it is not in UTF-8.</exception>
    public static ParallelTexts Read(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        List<(string, string)> pairs = [];
        foreach ((int index, string line) in TextLines.Read(file).Index())
        {
            string[] fields = line.Split(Tab);
            if (fields.Length > 1)
            {
                pairs.Add((fields[0], fields[1]));
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                throw new InvalidFileException(file, FilePosition.Line(index + 1), "expected a text, a tab and its translation, got no tab");
            }
        }

        return Collect(file, pairs);
    }

    /// <summary>Some of the pairs.</summary>
    /// <param name="indices">Which, in this order.</param>
    public ParallelTexts Select(IReadOnlyList<int> indices) =>
        this with { Sources = [.. indices.Select(index => Sources[index])], Targets = [.. indices.Select(index => Targets[index])], Dropped = 0 };

    /// <summary>The pairs in the other direction.</summary>
    public ParallelTexts Reversed() => this with { Sources = Targets, Targets = Sources };

    private static ParallelTexts Collect(string path, List<(string Source, string Target)> pairs)
    {
        (string Source, string Target)[] full = [.. pairs.Where(pair => !string.IsNullOrWhiteSpace(pair.Source) && !string.IsNullOrWhiteSpace(pair.Target))];
        return full.Length > 0
            ? new ParallelTexts(path, [.. full.Select(pair => pair.Source)], [.. full.Select(pair => pair.Target)], pairs.Count - full.Length)
            : throw new InvalidFileException(path, FilePosition.None, $"expected texts with translations, got {(pairs.Count == 0 ? "none" : $"{pairs.Count} pairs with an empty side")}");
    }
}
