using System.Text.Json.Serialization;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>
/// How a table of texts with a class each is written, so that further tables are read as the one that a model learnt from. Plain data that is saved with
/// the model.
/// </summary>
public sealed record TextTable
{
    private const int MostColumns = 1 << 16;

    /// <summary>The column of the texts; null for the only one besides that of the classes.</summary>
    public string? Text { get; init; }

    /// <summary>The column of the classes; null for <c>label</c>.</summary>
    public string? Label { get; init; }

    /// <summary>The names of the columns of a table that has no header row; null when its first row says them.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What stands between two fields; null to tell from the header row.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether fields may stand in double quotes, as <see cref="CsvOptions.Quotes"/> says.</summary>
    public bool? Quotes { get; init; }

    /// <summary>How such a table is read.</summary>
    [JsonIgnore]
    public CsvOptions Options => new() { Header = Columns, Delimiter = Delimiter, Quotes = Quotes };

    /// <summary>Refuses columns that no table has.</summary>
    internal void Validate(string path)
    {
        if (Columns is { } columns && (columns.Count is 0 or > MostColumns || columns.Contains(null!) || columns.Distinct().Count() != columns.Count))
        {
            throw new InvalidFileException(
                path, FilePosition.None, $"expected 1 to {MostColumns} different names of columns of the table of texts, got {columns.Count} names, some twice or none");
        }
    }
}
