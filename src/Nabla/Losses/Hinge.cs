using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>max(0, 1 - target * output) for targets of -1 and 1.</summary>
public sealed class Hinge : ElementwiseLoss
{
    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(threshold: 0);

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (1 - (outputs * targets)).Relu();
}
