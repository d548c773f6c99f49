using System.Globalization;

namespace Nabla.Data;

/// <summary>A column of a table.</summary>
public sealed class CsvColumn
{
    private readonly double?[] numbers;

    internal CsvColumn(string name, IReadOnlyList<string?> values)
    {
        Name = name;
        Values = values;
        numbers = [.. values.Select(Parse)];
        MissingRows = [.. Enumerable.Range(0, values.Count).Where(row => values[row] is null)];
        FirstTextRow = Enumerable.Range(0, values.Count)
            .Where(row => values[row] is not null && numbers[row] is null)
            .Select(row => (int?)row)
            .FirstOrDefault();
        Kind = FirstTextRow is null && MissingRows.Count < values.Count ? ColumnKind.Numeric : ColumnKind.Categorical;
    }

    /// <summary>The name in the header row.</summary>
    public string Name { get; }

    /// <summary>Numeric when all values that are there are numbers, and there is one at least.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The values as they stand in the file, without space around them; null where missing.</summary>
    public IReadOnlyList<string?> Values { get; }

    /// <summary>The rows, counted from 0, whose value is missing.</summary>
    public IReadOnlyList<int> MissingRows { get; }

    /// <summary>The first row whose value is no number: what made the column categorical.</summary>
    internal int? FirstTextRow { get; }

    /// <summary>The value of a row as a number; null where it is missing or no number.</summary>
    public double? Number(int row) => numbers[row];

    private static double? Parse(string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
}
