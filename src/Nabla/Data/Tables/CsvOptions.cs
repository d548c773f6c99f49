namespace Nabla.Data;

/// <summary>How a table in a text file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between two fields; null to tell from the header row: comma, semicolon, tab or bar.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The names of the columns of a table that has no header row; null when its first row says them.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>
    /// Whether a field that begins with a double quote ends with one too and may hold delimiters, quotes and line breaks; else a quote is a character as all
    /// others. Null, the default, for yes, but a file of tabs that cannot be read so is read the other way: that format has no quotes of its own.
    /// </summary>
    public bool? Quotes { get; init; }

    /// <summary>The texts that mean that a value is missing, besides nothing at all.</summary>
    public IReadOnlyCollection<string> MissingValues { get; init; } = ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"];
}
