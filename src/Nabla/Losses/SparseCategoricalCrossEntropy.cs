using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>The negative logarithm of the probability that the model gave to the right class.</summary>
/// <param name="fromLogits">Whether the outputs are logits, <c>[batch, classes]</c>; otherwise they are probabilities.</param>
public sealed class SparseCategoricalCrossEntropy(bool fromLogits = false) : Loss
{
    // Keeps the logarithm finite where a probability underflows to zero, and changes no probability above 1e-23.
    private const double Tiny = 1e-30;

    /// <summary>The loss of each sample, <c>[batch]</c>.</summary>
    /// <param name="outputs">Probabilities or logits, <c>[batch, classes]</c>.</param>
    /// <param name="targets">The index of the right class, int32 <c>[batch]</c>.</param>
    public override Tensor PerSample(Tensor outputs, Tensor targets) => fromLogits
        ? -outputs.LogSoftmax().Pick(targets)
        : -(outputs.Pick(targets) + Tiny).Log();

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy();
}
