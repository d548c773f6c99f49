using Nabla.Metrics;

namespace Nabla.Cli.Recipes;

/// <summary>A metric of distances that a network gives in standard deviations, shown in the unit of the data.</summary>
internal sealed class ScaledMetric(Metric metric, double deviation) : Metric
{
    /// <inheritdoc/>
    public override string Name => metric.Name;

    /// <inheritdoc/>
    public override double Value => metric.Value * deviation;

    /// <inheritdoc/>
    public override void Update(Tensor outputs, Tensor targets, Tensor? weights = null) => metric.Update(outputs, targets, weights);

    /// <inheritdoc/>
    public override void Reset() => metric.Reset();
}
