namespace Nabla.Metrics;

/// <summary>The mean squared difference.</summary>
public sealed class Mse : MeanErrorMetric
{
    /// <inheritdoc/>
    public override string Name => "mse";

    /// <inheritdoc/>
    private protected override double Error(double difference) => difference * difference;
}
