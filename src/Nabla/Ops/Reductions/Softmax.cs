namespace Nabla.Ops.Reductions;

/// <summary>An op on exponentials along one axis.</summary>
internal abstract record ExponentialSum(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DataType.IsFloating && Axis < inputs[0].Shape.Rank
        ? [inputs[0]]
        : throw Error($"over axis {Axis} expects floating-point numbers with that axis but got {inputs[0].DataType.Label} {inputs[0].Shape}.");

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 5.0 * inputs[0].Shape.ElementCount;
}

/// <summary>exp(x) / sum(exp(x)) along an axis, without overflow.</summary>
internal sealed record Softmax(int Axis) : ExponentialSum(Axis)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new SoftmaxGradient(Axis).ApplyOne(outputs[0], cotangents[0]!)];
}

/// <summary>x - log(sum(exp(x))) along an axis, without overflow.</summary>
internal sealed record LogSoftmax(int Axis) : ExponentialSum(Axis)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new LogSoftmaxGradient(Axis).ApplyOne(outputs[0], cotangents[0]!)];
}

/// <summary>log(sum(exp(x))) along an axis, which stays with size 1, without overflow.</summary>
internal sealed record LogSumExp(int Axis) : ExponentialSum(Axis)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [base.Infer(inputs)[0] with { Shape = inputs[0].Shape.With(Axis, 1) }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [cotangents[0]! * (inputs[0] - outputs[0]).Exp()];
}

/// <summary>y (g - sum(g y)) along an axis: the gradient of <see cref="Softmax"/> in terms of its result y, for the cotangent g.</summary>
internal sealed record SoftmaxGradient(int Axis) : ExponentialSum(Axis)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor result, Tensor cotangent, Tensor change) = (inputs[0], inputs[1], cotangents[0]!);
        return
        [
            wanted[0] ? (change * (cotangent - Along(cotangent * result))) - (cotangent * Along(change * result)) : null,
            wanted[1] ? new SoftmaxGradient(Axis).ApplyOne(result, change) : null,
        ];
    }

    private Tensor Along(Tensor x) => x.Sum([Axis], keepDimensions: true);
}

/// <summary>g - exp(y) sum(g) along an axis: the gradient of <see cref="LogSoftmax"/> in terms of its result y, for the cotangent g.</summary>
internal sealed record LogSoftmaxGradient(int Axis) : ExponentialSum(Axis)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor result, Tensor cotangent, Tensor change) = (inputs[0], inputs[1], cotangents[0]!);
        Tensor weighted = change * result.Exp();
        return
        [
            wanted[0] ? -(weighted * Along(cotangent)) : null,
            wanted[1] ? change - Along(weighted) : null,
        ];
    }

    private Tensor Along(Tensor x) => x.Sum([Axis], keepDimensions: true);
}
