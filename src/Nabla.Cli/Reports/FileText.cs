namespace Nabla.Cli.Reports;

/// <summary>Texts that come out of files.</summary>
internal static class FileText
{
    /// <summary>The text without control characters: the terminal of the user must not obey what stands in a file.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
