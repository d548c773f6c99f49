using System.Globalization;
using System.Runtime.InteropServices;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>Writes rows of a table into tensors, by what a <see cref="TablePreprocessing"/> knows.</summary>
internal static class TableEncoding
{
    /// <summary><c>[rows, inputs]</c></summary>
    public static Tensor Inputs(TablePreprocessing preprocessing, CsvTable table)
    {
        int width = preprocessing.InputSize;
        return Create<float>(DataType.Float32, [table.RowCount, width], inputs =>
        {
            inputs.Clear();
            int offset = 0;
            foreach (TableColumn column in preprocessing.Columns)
            {
                Encode(column, table, inputs, offset, width);
                offset += column.Width;
            }
        });
    }

    /// <summary><c>[rows]</c> labels or <c>[rows, 1]</c> standardised numbers.</summary>
    public static Tensor Targets(TableTarget target, CsvTable table)
    {
        CsvColumn column = table[target.Name];
        if (target.Task == PredictionTask.Regression)
        {
            return Create<float>(DataType.Float32, [table.RowCount, 1], numbers => Fill(
                numbers, row => (float)((Number(table, column, row) - target.Mean) / target.Deviation)));
        }

        Dictionary<string, int> labels = Index(target.Classes);
        bool numeric = target.Classes.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        return Create<int>(DataType.Int32, [table.RowCount], values => Fill(
            values, row => Find(table, column, row, labels, "class", numeric ? ClassName(column, row) : column.Values[row])));
    }

    /// <summary>The class of a row; 1, 1.0 and 1e0 are the same.</summary>
    public static string ClassName(CsvColumn column, int row) => column.Number(row) is { } number && column.Kind == ColumnKind.Numeric
        ? number.ToString(CultureInfo.InvariantCulture)
        : column.Values[row] ?? "";

    private static void Encode(TableColumn column, CsvTable table, Span<float> inputs, int offset, int width)
    {
        CsvColumn source = table[column.Name];
        Dictionary<string, int> categories = Index(column.Categories);
        for (int row = 0; row < table.RowCount; row++)
        {
            if (source.Values[row] is not { } value)
            {
                continue;
            }

            int start = (row * width) + offset;
            if (column.Kind == ColumnKind.Numeric)
            {
                inputs[start] = (float)((Number(table, source, row) - column.Mean) / column.Deviation);
            }
            else
            {
                inputs[start + Find(table, source, row, categories, "category", value)] = 1;
            }
        }
    }

    private static double Number(CsvTable table, CsvColumn column, int row) => column.Number(row)
        ?? throw table.Error(row, $"expected a number in column '{column.Name}', got {Show(column.Values[row])}");

    private static int Find(CsvTable table, CsvColumn column, int row, Dictionary<string, int> known, string what, string? value) =>
        value is not null && known.TryGetValue(value, out int index) ? index : throw table.Error(
            row, $"expected a {what} of column '{column.Name}' out of {Names.List(known.Keys)}, got {Show(column.Values[row])}");

    private static Dictionary<string, int> Index(IReadOnlyList<string> names) =>
        names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);

    private static string Show(string? value) => value is null ? "a missing value" : $"'{value}'";

    private static void Fill<T>(Span<T> target, Func<int, T> value)
    {
        for (int row = 0; row < target.Length; row++)
        {
            target[row] = value(row);
        }
    }

    private static Tensor Create<T>(DataType type, Shape shape, Action<Span<T>> fill)
        where T : unmanaged => Tensor.Create(new TensorType(type, shape), bytes => fill(MemoryMarshal.Cast<byte, T>(bytes)));
}
