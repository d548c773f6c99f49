using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>A measure of how wrong outputs are: what training makes small.</summary>
public abstract class Loss
{
    /// <summary>The loss of each sample, <c>[batch]</c>.</summary>
    /// <param name="outputs">What the model answered, <c>[batch, ...]</c>.</param>
    /// <param name="targets">What it should have answered.</param>
    public abstract Tensor PerSample(Tensor outputs, Tensor targets);

    /// <summary>The metric that tells a person what this loss cannot; of how far numbers are from their targets, unless the loss is of classes.</summary>
    protected internal virtual Metric CreateMetric() => new Mae();
}
