using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>Rows of a table as tensors.</summary>
/// <param name="Inputs"><c>[rows, inputs]</c>, float32.</param>
/// <param name="Targets">
/// <c>[rows]</c> int32 labels of a classification, <c>[rows, 1]</c> float32 of a regression; null when the table has no target column.
/// </param>
public sealed record TableTensors(Tensor Inputs, Tensor? Targets)
{
    /// <summary>The rows as a pipeline of samples.</summary>
    public Dataset<Sample> ToDataset() => Dataset.FromTensors(Inputs, Targets);
}

/// <summary>
/// Turns rows of a table into tensors, always in the way of the training rows: numbers standardised with their mean and deviation,
/// categories one-hot. Plain data that is saved with the model.
/// </summary>
public sealed record TablePreprocessing
{
    // Generated readers of JSON set what a file leaves out to null, whatever the initializer says. So in the parts below.

    /// <summary>The columns that are inputs, in the order of the inputs.</summary>
    public required IReadOnlyList<TableColumn> Columns { get; init; }

    /// <summary>What the network should answer.</summary>
    public required TableTarget Target { get; init; }

    /// <summary>The columns that are no inputs, and why.</summary>
    public IReadOnlyList<IgnoredColumn> Ignored { get; init => field = value ?? []; } = [];

    /// <summary>The number of inputs: the length of a row of <see cref="TableTensors.Inputs"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int InputSize => Columns.Sum(column => column.Width);

    /// <summary>Learns from a table what its columns are, and whether the target is a class or a number.</summary>
    /// <param name="table">All rows: categories and classes are taken from them.</param>
    /// <param name="target">The name of the target column.</param>
    /// <param name="trainingRows">The rows, counted from 0, that means and deviations are taken from; null for all.</param>
    /// <param name="ignored">Names of columns to leave out.</param>
    /// <exception cref="InvalidFileException">
    /// There is no such column, the target has missing values or one value only, or a column has too many categories.
    /// </exception>
    public static TablePreprocessing Fit(
        CsvTable table, string target, IReadOnlyList<int>? trainingRows = null, IReadOnlyCollection<string>? ignored = null) =>
        new TableFitting(table, trainingRows ?? [.. Enumerable.Range(0, table.RowCount)]).Fit(target, ignored ?? []);

    /// <summary>The rows of a table as tensors; columns are found by name, and a target column need not be there.</summary>
    /// <exception cref="InvalidFileException">
    /// A column is not there, a category or class is unknown, or a value is no number; the message names the line.
    /// </exception>
    public TableTensors Apply(CsvTable table) =>
        new(TableEncoding.Inputs(this, table), table.HasColumn(Target.Name) ? TableEncoding.Targets(Target, table) : null);

    /// <summary>The rows of a table whose answers are not known, or do not matter: a target column is not looked at.</summary>
    /// <inheritdoc cref="Apply(CsvTable)"/>
    public TableTensors ApplyInputs(CsvTable table) => new(TableEncoding.Inputs(this, table), null);

    /// <summary>This as JSON, as it stands in the model folder.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TableJson.Default.TablePreprocessing);

    /// <summary>What <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidFileException">The text is not such JSON, or its values make no sense.</exception>
    public static TablePreprocessing FromJson(string json, string path)
    {
        try
        {
            TablePreprocessing preprocessing = JsonSerializer.Deserialize(json, TableJson.Default.TablePreprocessing)
                ?? throw new InvalidFileException(path, FilePosition.None, "expected table preprocessing, got null");
            preprocessing.Validate(path);
            return preprocessing;
        }
        catch (JsonException error)
        {
            FilePosition position = error.LineNumber is { } line ? FilePosition.Line(line + 1) : FilePosition.None;
            throw new InvalidFileException(path, position, $"expected table preprocessing in JSON, got something else at {error.Path ?? "$"}", error);
        }
    }

    /// <summary>Refuses what no fit gives, such as a deviation of zero.</summary>
    internal void Validate(string path)
    {
        bool sound = Columns.Count > 0
            && Columns.All(column => column is { Width: > 0 } && double.IsFinite(column.Mean) && IsPositive(column.Deviation))
            && Columns.All(column => AreNames(column.Categories))
            && AreNames([.. Columns.Select(column => column.Name), Target.Name])
            && Enum.IsDefined(Target.Task) && Columns.All(column => Enum.IsDefined(column.Kind))
            && double.IsFinite(Target.Mean) && IsPositive(Target.Deviation)
            && AreNames(Target.Classes) && (Target.Task == PredictionTask.Regression || Target.Classes.Count > 1);
        if (!sound)
        {
            throw new InvalidFileException(
                path, FilePosition.None, "expected table preprocessing with finite numbers, positive deviations and distinct names, got something else");
        }
    }

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;

    private static bool AreNames(IReadOnlyCollection<string> names) => !names.Contains(null!) && names.Distinct().Count() == names.Count;
}
