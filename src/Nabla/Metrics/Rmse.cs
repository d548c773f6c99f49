namespace Nabla.Metrics;

/// <summary>The root of the mean squared difference, in the unit of the targets.</summary>
public sealed class Rmse : MeanErrorMetric
{
    /// <inheritdoc/>
    public override string Name => "rmse";

    /// <inheritdoc/>
    private protected override double Error(double difference) => difference * difference;

    /// <inheritdoc/>
    private protected override double Figure(double mean) => Math.Sqrt(mean);
}
