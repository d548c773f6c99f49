namespace Nabla.Ops.Losses;

/// <summary>
/// The cross-entropy of the softmax of logits with classes that indices name, each row in one walk and without overflow:
/// <c>logSumExp(x) - sum(q * x)</c>, where <c>q</c> is <c>1 - labelSmoothing</c> at the class plus <c>labelSmoothing / classes</c> everywhere
/// (Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2016).
/// Inputs: logits <c>[..., classes]</c>, int32 labels <c>[...]</c> and, if wanted, a weight for each class <c>[classes]</c>.
/// Results <c>[...]</c>: the losses times the weights of their classes; the logarithms of the sums of exponentials; the weights, 0 for labels that
/// are ignored.
/// </summary>
/// <param name="LabelSmoothing">What is spread over all classes.</param>
/// <param name="IgnoreIndex">The label of rows that do not count.</param>
internal sealed record SoftmaxCrossEntropy(double LabelSmoothing, int? IgnoreIndex) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType logits, TensorType labels) = (inputs[0], inputs[1]);
        bool hasClasses = logits.DataType.IsFloating && logits.Shape.Rank > 0 && logits.Shape[-1] > 0;
        if (!hasClasses || labels.DataType != DataType.Int32 || labels.Shape != logits.Shape.Without(-1))
        {
            throw Error($"expects floating-point logits [..., classes] and int32 labels [...] but got {logits} and {labels}.");
        }

        if (inputs.Length > 2 && inputs[2] != logits with { Shape = [logits.Shape[-1]] })
        {
            throw Error($"expects a weight for each of {logits.Shape[-1]} classes, of the logits' type, but got {inputs[2]} for {logits}.");
        }

        TensorType row = logits with { Shape = labels.Shape };
        return [row, row, row];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor?[] contributions = new Tensor?[inputs.Length];
        if (cotangents[0] is { } losses)
        {
            contributions[0] = new SoftmaxCrossEntropyGradient(LabelSmoothing, IgnoreIndex).ApplyOne(inputs[0], outputs[1], inputs[1], losses * outputs[2]);
        }

        if (cotangents[1] is { } logSumExp)
        {
            Tensor contribution = (inputs[0] - outputs[1].ExpandDimensions(-1)).Exp() * logSumExp.ExpandDimensions(-1);
            contributions[0] = contributions[0] is { } sum ? sum + contribution : contribution;
        }

        return contributions;
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 4.0 * inputs[0].Shape.ElementCount;
}

/// <summary>
/// The gradient of <see cref="SoftmaxCrossEntropy"/> with respect to the logits, in one walk: <c>(softmax(x) - q) * scale</c>, and 0 for labels
/// that are ignored. Inputs: logits <c>[..., classes]</c>, the logarithms of the sums of exponentials, int32 labels and scales, all <c>[...]</c>.
/// </summary>
/// <param name="LabelSmoothing">What is spread over all classes.</param>
/// <param name="IgnoreIndex">The label of rows that do not count.</param>
internal sealed record SoftmaxCrossEntropyGradient(double LabelSmoothing, int? IgnoreIndex) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor logits, Tensor logSumExp, Tensor labels, Tensor scales) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        Tensor cotangent = cotangents[0]!;
        Tensor? spread = wanted[0] || wanted[1] ? (logits - logSumExp.ExpandDimensions(-1)).Exp() * scales.ExpandDimensions(-1) * cotangent : null;
        return
        [
            wanted[0] ? spread : null,
            wanted[1] ? -spread!.Sum([-1]) : null,
            null,
            wanted[3] ? (ApplyOne(logits, logSumExp, labels, Tensor.Ones(scales.Shape, scales.DataType)) * cotangent).Sum([-1]) : null,
        ];
    }

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => input == 0;

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 4.0 * inputs[0].Shape.ElementCount;
}
