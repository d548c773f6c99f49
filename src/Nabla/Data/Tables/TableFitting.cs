using System.Globalization;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>Finds out what the columns of a table are.</summary>
internal sealed class TableFitting(CsvTable table, IReadOnlyList<int> trainingRows)
{
    private const int CategoryLimit = 1000;
    private const int ClassLimit = 20;
    private const int RowsPerClass = 5;
    private const int RowsOfIdentifier = 20;

    public TablePreprocessing Fit(string target, IReadOnlyCollection<string> ignored)
    {
        CsvColumn targetColumn = table[target];
        RequireRows();
        RequireColumns(ignored);
        List<TableColumn> columns = [];
        List<IgnoredColumn> left = [];
        foreach (CsvColumn column in table.Columns.Where(column => column != targetColumn))
        {
            if (ReasonToIgnore(column, ignored) is { } reason)
            {
                left.Add(new IgnoredColumn(column.Name, reason));
            }
            else
            {
                columns.Add(Fit(column));
            }
        }

        return columns.Count > 0
            ? new TablePreprocessing { Columns = columns, Target = FitTarget(targetColumn), Ignored = left }
            : throw Error($"expected a column besides the target '{target}' to learn from, got none");
    }

    private void RequireRows()
    {
        if (table.RowCount == 0 || trainingRows.Count == 0)
        {
            throw Error("expected rows after the header, got none");
        }
    }

    // The table says what there is when a name is unknown.
    private void RequireColumns(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            _ = table[name];
        }
    }

    // A category that is met once or twice teaches nothing but that row.
    private string? ReasonToIgnore(CsvColumn column, IReadOnlyCollection<string> ignored)
    {
        if (ignored.Contains(column.Name))
        {
            return "as asked";
        }

        if (column.MissingRows.Count == table.RowCount)
        {
            return "all its values are missing";
        }

        int values = table.RowCount - column.MissingRows.Count;
        int distinct = column.Kind == ColumnKind.Categorical && table.RowCount >= RowsOfIdentifier ? Distinct(column).Count : 0;
        return distinct == values && distinct > 0 ? $"each of its {values} values is different"
            : distinct > values / 2 && distinct <= CategoryLimit ? $"{distinct} of its {values} values are different"
            : null;
    }

    private TableColumn Fit(CsvColumn column)
    {
        if (column.Kind == ColumnKind.Categorical)
        {
            return new TableColumn
            {
                Name = column.Name,
                Kind = ColumnKind.Categorical,
                Categories = Categories(column),
                MissingCount = column.MissingRows.Count,
            };
        }

        (double mean, double deviation) = Statistics(column);
        return new TableColumn
        {
            Name = column.Name,
            Kind = ColumnKind.Numeric,
            Mean = mean,
            Deviation = deviation,
            MissingCount = column.MissingRows.Count,
        };
    }

    private string[] Categories(CsvColumn column)
    {
        HashSet<string> distinct = Distinct(column);
        return distinct.Count <= CategoryLimit
            ? [.. distinct.Order(StringComparer.Ordinal)]
            : throw Error(
                $"expected at most {CategoryLimit} categories in column '{column.Name}', got {distinct.Count}; "
                + $"the first value that is no number is '{column.Values[column.FirstTextRow!.Value]}' on line {table.Line(column.FirstTextRow.Value)}");
    }

    private TableTarget FitTarget(CsvColumn column)
    {
        RequireAllValues(column);
        HashSet<string> distinct = [.. Enumerable.Range(0, table.RowCount).Select(row => TableEncoding.ClassName(column, row))];
        if (distinct.Count == 1)
        {
            throw Error($"expected at least two different values of the target '{column.Name}', got only '{distinct.Single()}'");
        }

        (PredictionTask task, string reason) = Infer(column, distinct.Count);
        if (task == PredictionTask.Regression)
        {
            (double mean, double deviation) = Statistics(column);
            return new TableTarget { Name = column.Name, Task = task, Reason = reason, Mean = mean, Deviation = deviation };
        }

        return new TableTarget { Name = column.Name, Task = task, Reason = reason, Classes = Sort(column, distinct) };
    }

    private void RequireAllValues(CsvColumn column)
    {
        if (column.MissingRows.Count > 0)
        {
            throw table.Error(
                column.MissingRows[0],
                $"expected a value of the target '{column.Name}' in each row, got {column.MissingRows.Count} of {table.RowCount} rows without one "
                + $"({table.DescribeLines(column.MissingRows)}), the first");
        }
    }

    private (PredictionTask Task, string Reason) Infer(CsvColumn column, int distinct)
    {
        if (column.Kind == ColumnKind.Categorical)
        {
            return distinct <= CategoryLimit
                ? (PredictionTask.Classification, $"'{column.Name}' has {distinct} different texts: classification")
                : throw Error($"expected at most {CategoryLimit} classes in the target '{column.Name}', got {distinct}");
        }

        bool whole = Enumerable.Range(0, table.RowCount).All(row => double.IsInteger(column.Number(row)!.Value));
        bool few = distinct == 2 || (distinct <= ClassLimit && distinct * RowsPerClass <= table.RowCount);
        string numbers = whole ? "whole numbers" : "numbers";
        return whole && few
            ? (PredictionTask.Classification, $"'{column.Name}' has only {distinct} different {numbers} in {table.RowCount} rows: classification")
            : (PredictionTask.Regression, $"'{column.Name}' has {distinct} different {numbers} in {table.RowCount} rows: regression");
    }

    private static string[] Sort(CsvColumn column, HashSet<string> classes) => column.Kind == ColumnKind.Numeric
        ? [.. classes.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture))]
        : [.. classes.Order(StringComparer.Ordinal)];

    private (double Mean, double Deviation) Statistics(CsvColumn column)
    {
        double[] numbers = [.. trainingRows.Select(row => column.Number(row)).OfType<double>()];
        if (numbers.Length == 0)
        {
            throw Error($"expected a number in column '{column.Name}' in one of the {trainingRows.Count} training rows, got none");
        }

        double mean = numbers.Average();
        double deviation = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
        return double.IsFinite(deviation)
            ? (mean, deviation > 0 ? deviation : 1)
            : throw Error($"expected numbers in column '{column.Name}' whose variance is finite, got larger ones");
    }

    private static HashSet<string> Distinct(CsvColumn column) => [.. column.Values.OfType<string>()];

    private InvalidFileException Error(string problem) => new(table.Path, FilePosition.None, problem);
}
