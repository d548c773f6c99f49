namespace Nabla.Metrics;

/// <summary>A figure of the mean of an error of each number.</summary>
public abstract class MeanErrorMetric : RegressionMetric
{
    private double sum;
    private double total;

    private protected MeanErrorMetric()
    {
    }

    /// <inheritdoc/>
    public sealed override double Value => Figure(sum / total);

    /// <inheritdoc/>
    public sealed override double[] SaveState() => [sum, total];

    /// <inheritdoc/>
    public sealed override void RestoreState(ReadOnlySpan<double> state) => (sum, total) = (state[0], state[1]);

    /// <inheritdoc/>
    public sealed override void Reset() => (sum, total) = (0, 0);

    /// <summary>The error of one number.</summary>
    private protected abstract double Error(double difference);

    /// <summary>The figure, given the mean error.</summary>
    private protected virtual double Figure(double mean) => mean;

    /// <inheritdoc/>
    private protected sealed override void Add(double answer, double truth, double weight, int column, int columns)
    {
        sum += weight * Error(answer - truth);
        total += weight;
    }
}
