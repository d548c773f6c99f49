namespace Nabla.Ops.Reductions;

/// <summary>Reduces neighbouring axes <c>[first, last]</c>, which stay with size 1.</summary>
internal abstract record Reduction(int First, int Last) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (!inputs[0].DataType.IsFloating)
        {
            throw Error($"expects float32 or float64 but got {inputs[0].DataType.Label}.");
        }

        Shape shape = inputs[0].Shape;
        for (int axis = First; axis <= Last; axis++)
        {
            shape = shape.With(axis, 1);
        }

        return [inputs[0] with { Shape = shape }];
    }
}

/// <summary>The sum over the axes.</summary>
internal sealed record Sum(int First, int Last) : Reduction(First, Last)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [cotangents[0]!.BroadcastTo(inputs[0].Shape)];
}

/// <summary>
/// The logarithm of the softmax over the last axis, without overflow: <c>x - max - log(sum(exp(x - max)))</c>.
/// </summary>
internal sealed record LogSoftmax : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DataType.IsFloating && inputs[0].Shape.Rank > 0
        ? [inputs[0]]
        : throw Error($"expects floating-point logits [..., classes] but got {inputs[0].DataType.Label} {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor cotangent = cotangents[0]!;
        return [cotangent - (outputs[0].Exp() * cotangent.Sum([-1], keepDimensions: true))];
    }
}
