using System.Globalization;
using Nabla.Data;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Reports;

/// <summary>Counts how often each class was taken for each.</summary>
internal static class ConfusionTable
{
    /// <summary>The counts, true classes in rows and answers in columns.</summary>
    public static int[,] Count(Trainer trainer, Dataset<Sample> samples, int classes)
    {
        int[,] counts = new int[classes, classes];
        foreach ((Batch batch, Tensor outputs) in trainer.PredictBatches(samples))
        {
            ReadOnlySpan<float> scores = outputs.AsSpan<float>();
            ReadOnlySpan<int> labels = batch.Targets!.AsSpan<int>();
            for (int row = 0; row < labels.Length; row++)
            {
                counts[labels[row], System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores.Slice(row * classes, classes))]++;
            }
        }

        return counts;
    }

    /// <summary>Prints the counts.</summary>
    public static void Print(int[,] counts, IReadOnlyList<string> labels)
    {
        Table table = new() { Title = new TableTitle("Confusion matrix (rows: true, columns: answered)"), Border = TableBorder.Rounded };
        table.AddColumn(string.Empty);
        foreach (string label in labels)
        {
            table.AddColumn(new Spectre.Console.TableColumn(Markup.Escape(label)).RightAligned());
        }

        for (int row = 0; row < labels.Count; row++)
        {
            int current = row;
            table.AddRow([Markup.Escape(labels[row]), .. Enumerable.Range(0, labels.Count).Select(column => Cell(counts, current, column))]);
        }

        AnsiConsole.Write(table);
    }

    private static string Cell(int[,] counts, int row, int column)
    {
        string count = counts[row, column].ToString(CultureInfo.InvariantCulture);
        return row == column ? $"[bold]{count}[/]" : counts[row, column] == 0 ? "[dim]·[/]" : count;
    }
}
