using Nabla.Metrics;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;

namespace Nabla.Losses;

/// <summary>
/// The binary cross-entropy times <c>(1 - p)^gamma</c>, where <c>p</c> is the probability given to the truth: what is answered well already counts
/// little (Lin et al., Focal Loss for Dense Object Detection, 2017). Targets are yes (1) or no (0).
/// </summary>
/// <param name="gamma">How much less easy answers count; 0 gives the cross-entropy.</param>
/// <param name="alpha">The weight of yes, from 0 to 1, where no has <c>1 - alpha</c>; null for 1 both.</param>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
public sealed class BinaryFocal(double gamma = 2, double? alpha = null, bool fromLogits = false) : ElementwiseLoss
{
    private readonly double gamma = Limits.NotNegative(gamma);
    private readonly double? alpha = alpha is { } share ? Limits.Share(share, nameof(alpha)) : null;

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(threshold: fromLogits ? 0 : 0.5);

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets)
    {
        Tensor logits = fromLogits ? outputs : Logits.OfSigmoid(outputs);
        Tensor loss = new Binary<LogisticLoss>(default).ApplyOne(logits, targets);

        // log(1 - p), which is the loss of the other answer, negated: a power without the logarithm of 0.
        Tensor logarithm = new Binary<LogisticLoss>(default).ApplyOne(logits, 1 - targets);
        Tensor focal = loss * (logarithm * -gamma).Exp();
        return alpha is { } share ? focal * ((targets * ((2 * share) - 1)) + (1 - share)) : focal;
    }
}
