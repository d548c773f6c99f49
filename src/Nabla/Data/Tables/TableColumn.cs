namespace Nabla.Data;

/// <summary>How a column of a table becomes inputs of a network.</summary>
public sealed record TableColumn
{
    /// <summary>The name in the header row.</summary>
    public required string Name { get; init; }

    /// <summary>A numeric column is one input, a categorical one an input for each category.</summary>
    public required ColumnKind Kind { get; init; }

    /// <summary>Of a numeric column: the mean over the training rows, subtracted, and used where a value is missing.</summary>
    public double Mean { get; init; }

    /// <summary>Of a numeric column: the standard deviation over the training rows, divided by; 1 when all values are the same.</summary>
    public double Deviation { get; init; } = 1;

    /// <summary>Of a categorical column: the categories, each an input that is 1 or 0. Where a value is missing, all are 0.</summary>
    public IReadOnlyList<string> Categories { get; init => field = value ?? []; } = [];

    /// <summary>How many values were missing when the column was fitted.</summary>
    public int MissingCount { get; init; }

    /// <summary>The inputs that this column makes.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Width => Kind == ColumnKind.Numeric ? 1 : Categories.Count;
}

/// <summary>A column that is not an input.</summary>
/// <param name="Name">The name in the header row.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record IgnoredColumn(string Name, string Reason);
