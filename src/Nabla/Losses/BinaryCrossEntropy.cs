using Nabla.Metrics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;

namespace Nabla.Losses;

/// <summary>
/// The negative logarithm of the probability given to the truth, for answers of yes (1) or no (0), each output one of its own:
/// <c>-target * log(p) - (1 - target) * log(1 - p)</c>. Where the outputs come from a sigmoid it is computed from its logits, which loses no digits.
/// </summary>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
/// <param name="labelSmoothing">How far targets are moved from 0 and 1 towards one half, from 0 up to 1.</param>
/// <param name="positiveWeight">How much a target of yes counts, for when there are few; above 0.</param>
public sealed class BinaryCrossEntropy(bool fromLogits = false, double labelSmoothing = 0, double positiveWeight = 1) : ElementwiseLoss
{
    private readonly double labelSmoothing = Limits.BelowOne(labelSmoothing);
    private readonly double positiveWeight = Limits.Positive(positiveWeight);

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(threshold: fromLogits ? 0 : 0.5);

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets)
    {
        Tensor logits = fromLogits ? outputs : Logits.OfSigmoid(outputs);
        Tensor smooth = labelSmoothing == 0 ? targets : (targets * (1 - labelSmoothing)) + (labelSmoothing / 2);
        return positiveWeight == 1
            ? new Binary<LogisticLoss>(default).ApplyOne(logits, smooth)
            : (smooth * (-logits).Softplus() * positiveWeight) + ((1 - smooth) * logits.Softplus());
    }
}
