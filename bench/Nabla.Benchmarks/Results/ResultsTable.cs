using Nabla.Formats;

namespace Nabla.Benchmarks.Results;

/// <summary>
/// A table of figures as it is kept: a line that describes the machine, a line of titles, and the cells as readers see them, with tabs between.
/// </summary>
/// <param name="Machine">Where and with what it was measured.</param>
/// <param name="Titles">The titles of the columns.</param>
/// <param name="Rows">The rows.</param>
internal sealed record ResultsTable(string Machine, string[] Titles, IReadOnlyList<string[]> Rows)
{
    /// <summary>Writes the file as a whole: whoever reads it sees the old one or the new one.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteText(path, string.Concat(new[] { Machine, Line(Titles) }.Concat(Rows.Select(Line)).Select(line => $"{line}\n")));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ResultsTable Load(string path)
    {
        string[] lines = File.Exists(path)
            ? File.ReadAllLines(path)
            : throw new FileNotFoundException($"{path}: there are no results yet; measure first.");
        return new ResultsTable(lines[0], lines[1].Split('\t'), [.. lines[2..].Select(line => line.Split('\t'))]);
    }

    /// <summary>The table in Markdown, behind the description of the machine. A test of the main solution makes the same of the file.</summary>
    public string ToMarkdown() => string.Concat(
        new[] { Machine.TrimStart('#', ' '), string.Empty, Row(Titles), Row([.. Titles.Select(_ => "---")]) }.Concat(Rows.Select(Row)).Select(line => $"{line}\n"));

    private static string Line(string[] cells) => string.Join('\t', cells);

    private static string Row(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
