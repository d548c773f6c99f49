namespace Nabla.Metrics;

/// <summary>The mean absolute difference.</summary>
public sealed class Mae : MeanErrorMetric
{
    /// <inheritdoc/>
    public override string Name => "mae";

    /// <inheritdoc/>
    private protected override double Error(double difference) => Math.Abs(difference);
}
