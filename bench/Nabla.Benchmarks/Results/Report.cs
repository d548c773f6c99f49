using Nabla.Formats;

namespace Nabla.Benchmarks.Results;

/// <summary>Puts the kept results into the guides, between markers that name the file, and draws them.</summary>
internal static class Report
{
    private const string End = "<!-- end of results -->";

    private static readonly (string File, string Page)[] Tables =
    [
        (ResultFiles.SideBySide, ResultFiles.Page),
        (ResultFiles.SideBySideNarrow, ResultFiles.Page),
        (ResultFiles.Imported, ResultFiles.Page),
        (ResultFiles.Cores, ResultFiles.Page),
        (ResultFiles.Serving, ResultFiles.ServingPage),
    ];

    /// <summary>Renews whatever there are results for.</summary>
    public static void Write()
    {
        foreach ((string file, string page) in Tables.Where(table => File.Exists(table.File)))
        {
            AtomicFile.WriteText(page, Replace(page, Path.GetFileName(file), ResultsTable.Load(file).ToMarkdown()));
        }

        if (File.Exists(ResultFiles.SideBySide))
        {
            RatioPicture.Draw(ResultsTable.Load(ResultFiles.SideBySide), ResultFiles.Picture);
        }

        if (File.Exists(ResultFiles.Scaling))
        {
            ScalingPicture.Draw(ResultsTable.Load(ResultFiles.Scaling), ResultFiles.ScalingPicture);
        }
    }

    private static string Replace(string path, string file, string table)
    {
        string page = File.ReadAllText(path);
        string begin = $"<!-- results of bench/results/{file} -->\n";
        int start = page.IndexOf(begin, StringComparison.Ordinal);
        int end = start < 0 ? -1 : page.IndexOf(End, start, StringComparison.Ordinal);
        return end >= 0
            ? $"{page[..(start + begin.Length)]}{table}{page[end..]}"
            : throw new InvalidDataException($"{path}: expected the lines '{begin.TrimEnd()}' and '{End}' around the table.");
    }
}
