using Nabla.Metrics;

namespace Nabla.Losses;

/// <summary>
/// The cross-entropy of the outputs with one-hot targets, or with any distribution over the classes: <c>-sum(target * log(p))</c> over the last axis.
/// Where the outputs come from a softmax it is computed from its logits; other probabilities are scaled to sum to 1.
/// </summary>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
/// <param name="labelSmoothing">The share of the target that is spread over all classes, from 0 up to 1.</param>
/// <param name="classWeights">What the loss of a row is multiplied by, for each class as far as the target is of it, 0 or more; null for 1.</param>
public sealed class CategoricalCrossEntropy(bool fromLogits = false, double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null) : RowLoss
{
    private readonly double labelSmoothing = Limits.BelowOne(labelSmoothing);
    private readonly double[]? classWeights = ClassWeighting.Checked(classWeights);

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy();

    /// <inheritdoc/>
    protected override Tensor Rows(Tensor outputs, Tensor targets)
    {
        Tensor logits = fromLogits ? outputs : Logits.OfSoftmax(outputs);
        Tensor smooth = labelSmoothing == 0 ? targets : (targets * (1 - labelSmoothing)) + (labelSmoothing / targets.Shape[-1]);
        Tensor losses = -(smooth * logits.LogSoftmax()).Sum([-1]);
        return classWeights is null ? losses : losses * (targets * ClassWeighting.Row(classWeights, targets)).Sum([-1]);
    }
}
