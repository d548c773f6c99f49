using Nabla.Metrics;
using Nabla.Ops.Losses;

namespace Nabla.Losses;

/// <summary>
/// The negative logarithm of the probability that the model gave to the right class, named by its index. Where the outputs come from a softmax it is
/// computed from its logits, which loses no digits; other probabilities are scaled to sum to 1.
/// </summary>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
/// <param name="ignoreIndex">Targets of this number, such as padding, have no loss and no gradient; null for none.</param>
/// <param name="labelSmoothing">The share of the target that is spread over all classes, from 0 up to 1.</param>
/// <param name="classWeights">What the loss of each right class is multiplied by, one for each class, 0 or more; null for 1.</param>
/// <remarks>A sequence's loss is the mean over its steps that are not ignored, and 0 when all are.</remarks>
public sealed class SparseCategoricalCrossEntropy(
    bool fromLogits = false, int? ignoreIndex = null, double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null) : Loss
{
    private readonly double labelSmoothing = Limits.BelowOne(labelSmoothing);
    private readonly double[]? classWeights = ClassWeighting.Checked(classWeights);

    /// <summary>The loss of each sample, <c>[batch]</c>.</summary>
    /// <param name="outputs">Probabilities or logits, <c>[batch, ..., classes]</c>.</param>
    /// <param name="targets">The indices of the right classes, integers <c>[batch, ...]</c>.</param>
    public override Tensor PerSample(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        Tensor labels = LabelsOf(nameof(SparseCategoricalCrossEntropy), outputs, targets);
        Tensor logits = fromLogits ? outputs : Logits.OfSoftmax(outputs);
        Tensor[] inputs = classWeights is null ? [logits, labels] : [logits, labels, ClassWeighting.Row(classWeights, logits)];
        Tensor[] results = new SoftmaxCrossEntropy(labelSmoothing, ignoreIndex).Apply(inputs);
        return ignoreIndex is null || results[0].Rank == 1 ? MeanPerSample(results[0]) : MeanOfCounted(results[0], results[2]);
    }

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new Accuracy(ignoreIndex: ignoreIndex);

    /// <summary>The targets as int32 of the shape of the rows of outputs.</summary>
    /// <exception cref="ArgumentException">They do not fit the outputs.</exception>
    internal static Tensor LabelsOf(string name, Tensor outputs, Tensor targets)
    {
        bool fits = outputs.Rank > 1 && !targets.DataType.IsFloating && ClassLayout.SameButLastOne(outputs.Shape.With(-1, 1), targets.Shape);
        return fits
            ? targets.To(DataType.Int32).Reshape(outputs.Shape.Without(-1).AsSpan())
            : throw new ArgumentException(
                $"{name} expects outputs [batch, ..., classes] and integer targets [batch, ...] but got {outputs.Shape} and "
                + $"{targets.DataType.Label} {targets.Shape}; for one-hot targets of a loss take CategoricalCrossEntropy.");
    }

    private static Tensor MeanOfCounted(Tensor losses, Tensor weights)
    {
        Tensor sums = losses.Reshape(losses.Shape[0], -1).Sum([1]);
        Tensor counts = weights.Sign().Reshape(losses.Shape[0], -1).Sum([1]);
        return sums / counts.Maximum(Tensor.Ones(Shape.Scalar, counts.DataType));
    }
}
