namespace Nabla.Tests;

/// <summary>The figures of docs/performance.md are those that the benchmarks measured: none is typed by hand.</summary>
public sealed class PerformancePageTests
{
    [Theory]
    [InlineData("side-by-side.tsv")]
    [InlineData("side-by-side-avx2.tsv")]
    [InlineData("cores.tsv")]
    [InlineData("imported.tsv")]
    public void Each_table_of_the_page_is_the_file_of_results(string file)
    {
        string page = File.ReadAllText(Repository.PathOf("docs/performance.md"));
        string begin = $"<!-- results of bench/results/{file} -->\n";
        int start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        Assert.True(start >= begin.Length, $"The page has no line '{begin.TrimEnd()}'.");
        string shown = page[start..page.IndexOf("<!-- end of results -->", start, StringComparison.Ordinal)];
        string results = Repository.PathOf($"bench/results/{file}");
        Assert.Equal(File.Exists(results) ? Markdown(File.ReadAllLines(results)) : "", shown);
    }

    private static string Markdown(string[] lines)
    {
        string[] table = [.. lines[1..].Select(line => $"| {string.Join(" | ", line.Split('\t'))} |")];
        string rule = $"| {string.Join(" | ", lines[1].Split('\t').Select(_ => "---"))} |";
        return string.Concat(new[] { lines[0].TrimStart('#', ' '), "", table[0], rule }.Concat(table[1..]).Select(line => $"{line}\n"));
    }
}
