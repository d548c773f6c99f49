using System.Runtime.InteropServices;

namespace Nabla.Metrics;

/// <summary>
/// The coefficient of determination: the share of the targets' variance that the answers explain. 1 is perfect, 0 as good as the mean of the
/// targets, below 0 worse. For several outputs <c>[..., columns]</c> it is the mean over the columns.
/// </summary>
/// <remarks>Where all targets are equal it is 1 when each answer is exact and 0 otherwise.</remarks>
public sealed class R2 : RegressionMetric
{
    private Column[] columns = [];

    /// <inheritdoc/>
    public override string Name => "r2";

    /// <inheritdoc/>
    public override double Value => columns.Length == 0 ? double.NaN : columns.Average(column => column.Value);

    /// <inheritdoc/>
    public override double[] SaveState() => MemoryMarshal.Cast<Column, double>(columns).ToArray();

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => columns = MemoryMarshal.Cast<double, Column>(state).ToArray();

    /// <inheritdoc/>
    public override void Reset() => columns = [];

    /// <inheritdoc/>
    private protected override void Add(double answer, double truth, double weight, int column, int columns)
    {
        if (this.columns.Length != columns)
        {
            this.columns = this.columns.Length == 0
                ? new Column[columns]
                : throw new ArgumentException($"{Name} expects outputs of {this.columns.Length} columns, as before, but got {columns}.");
        }

        this.columns[column].Add(answer, truth, weight);
    }

    /// <summary>Running sums of one column; the spread of the targets by Welford's recurrence, which does not cancel.</summary>
    private struct Column
    {
        private double total;
        private double mean;
        private double spread;
        private double residual;

        public readonly double Value => total == 0 ? double.NaN : spread == 0 ? (residual == 0 ? 1 : 0) : 1 - (residual / spread);

        public void Add(double answer, double truth, double weight)
        {
            if (weight == 0)
            {
                return;
            }

            total += weight;
            double difference = truth - mean;
            mean += difference * weight / total;
            spread += weight * difference * (truth - mean);
            residual += weight * (truth - answer) * (truth - answer);
        }
    }
}
