namespace Nabla.Data;

/// <summary>How a table in a text file is read.</summary>
public sealed record CsvOptions
{
    /// <summary>What stands between two fields; null to tell from the header row: comma, semicolon, tab or bar.</summary>
    public char? Delimiter { get; init; }

    /// <summary>The names of the columns of a table that has no header row; null when its first row says them.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>The texts that mean that a value is missing, besides nothing at all.</summary>
    public IReadOnlyCollection<string> MissingValues { get; init; } = ["NA", "N/A", "NaN", "nan", "null", "NULL", "?"];
}
