using System.Globalization;
using System.Text;

namespace Nabla.Metrics;

/// <summary>How often each class was answered for each right class. Its one figure is the share on the diagonal, the accuracy.</summary>
/// <param name="labels">The classes' names, for printing; null for their numbers.</param>
/// <param name="threshold">As for <see cref="Accuracy"/>.</param>
/// <param name="ignoreIndex">Answers whose target is this one do not count.</param>
/// <remarks>It counts samples: those of weight 0 are left out, all others count one.</remarks>
public sealed class ConfusionMatrix(IReadOnlyList<string>? labels = null, double? threshold = null, int? ignoreIndex = null)
    : ClassMetric(threshold, ignoreIndex)
{
    private long[,] counts = new long[0, 0];

    /// <inheritdoc/>
    public override string Name => "confusion_matrix";

    /// <inheritdoc/>
    public override double Value => Enumerable.Range(0, Classes).Sum(index => (double)counts[index, index]) / counts.Cast<long>().Sum();

    /// <summary>The number of classes; 0 before the first samples.</summary>
    public int Classes => counts.GetLength(0);

    /// <summary>The samples of each right class (row) for which each class was answered (column): int64 <c>[classes, classes]</c>.</summary>
    public Tensor Counts => Tensor.From(counts);

    /// <summary>The samples of class <paramref name="right"/> for which class <paramref name="answered"/> was answered.</summary>
    public long this[int right, int answered] => counts[right, answered];

    /// <inheritdoc/>
    public override double[] SaveState() => [.. counts.Cast<long>().Select(count => (double)count)];

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => counts = Square(state);

    /// <inheritdoc/>
    public override void Reset() => counts = new long[0, 0];

    /// <summary>A table: a row for each right class, a column for each answered one.</summary>
    public override string ToString()
    {
        string[] names = [.. Enumerable.Range(0, Classes).Select(index => labels?[index] ?? index.ToString(CultureInfo.InvariantCulture))];
        int margin = names.Append(string.Empty).Max(name => name.Length);
        int[] widths = [.. names.Select((name, column) => Math.Max(name.Length, Enumerable.Range(0, Classes).Max(row => Digits(counts[row, column]))))];
        StringBuilder text = new(new string(' ', margin));
        for (int column = 0; column < Classes; column++)
        {
            text.Append("  ").Append(names[column].PadLeft(widths[column]));
        }

        for (int row = 0; row < Classes; row++)
        {
            text.Append('\n').Append(names[row].PadRight(margin));
            for (int column = 0; column < Classes; column++)
            {
                text.Append("  ").Append(counts[row, column].ToString(CultureInfo.InvariantCulture).PadLeft(widths[column]));
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    private protected override void Prepare(ClassLayout layout)
    {
        if (labels is not null && labels.Count != layout.Classes)
        {
            throw new ArgumentException($"{Name} has {labels.Count} labels but got outputs of {layout.Classes} classes.");
        }

        if (Classes != 0 && Classes != layout.Classes)
        {
            throw new ArgumentException($"{Name} expects outputs of {Classes} classes, as before, but got {layout.Classes}.");
        }

        counts = Classes == 0 ? new long[layout.Classes, layout.Classes] : counts;
    }

    /// <inheritdoc/>
    private protected override void Add(int answer, int truth, double weight) => counts[truth, answer] += weight == 0 ? 0 : 1;

    private static long[,] Square(ReadOnlySpan<double> values)
    {
        int classes = (int)Math.Sqrt(values.Length);
        long[,] square = new long[classes, classes];
        for (int index = 0; index < values.Length; index++)
        {
            square[index / classes, index % classes] = (long)values[index];
        }

        return square;
    }

    private static int Digits(long count) => count.ToString(CultureInfo.InvariantCulture).Length;
}
