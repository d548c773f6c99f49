using System.Globalization;
using Nabla.Data;
using Nabla.Metrics;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>How often each class was taken for each.</summary>
internal static class Confusion
{
    /// <summary>More classes than these do not fit a page.</summary>
    public const int MostShown = 20;

    /// <summary>Counts over samples.</summary>
    public static ConfusionMatrix Of(Trainer trainer, Dataset<Sample> samples)
    {
        ConfusionMatrix matrix = new();
        foreach ((Batch batch, Tensor outputs) in trainer.PredictBatches(samples))
        {
            matrix.Update(outputs, batch.Targets!);
        }

        return matrix;
    }

    /// <summary>The counts as a table, true classes in rows and answers in columns.</summary>
    public static void Print(IAnsiConsole console, ConfusionMatrix matrix, IReadOnlyList<string> labels)
    {
        if (labels.Count > MostShown)
        {
            console.MarkupLine($"The confusion matrix of {labels.Count} classes is too large for a table here.");
            return;
        }

        console.WriteLine("Confusion matrix (rows: true, columns: answered)");
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn(string.Empty);
        foreach (string label in labels)
        {
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(label)).RightAligned());
        }

        for (int row = 0; row < labels.Count; row++)
        {
            table.AddRow([Markup.Escape(labels[row]), .. Cells(matrix, row)]);
        }

        console.Write(table);
    }

    private static IEnumerable<string> Cells(ConfusionMatrix matrix, int row)
    {
        for (int column = 0; column < matrix.Classes; column++)
        {
            string count = matrix[row, column].ToString(CultureInfo.InvariantCulture);
            yield return row == column ? $"[bold]{count}[/]" : matrix[row, column] == 0 ? "[dim]·[/]" : count;
        }
    }
}
