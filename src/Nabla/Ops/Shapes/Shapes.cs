namespace Nabla.Ops.Shapes;

/// <summary>Marks an op whose result is its input's memory under another shape.</summary>
internal interface IReshapeOp;

/// <summary>The same elements in another shape.</summary>
internal sealed record Reshape(Shape Shape) : Op, IReshapeOp
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.ElementCount == Shape.ElementCount
        ? [new TensorType(inputs[0].DataType, Shape)]
        : throw Error($"to {Shape} needs {Shape.ElementCount} elements but got {inputs[0].Shape}, which has {inputs[0].Shape.ElementCount}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Reshape(inputs[0].Shape).ApplyOne(cotangents[0]!)];
}

/// <summary>The same elements in memory of their own.</summary>
internal sealed record Copy : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [cotangents[0]];
}

/// <summary>The same numbers in another type of element: towards zero, and clamped to what the type can hold.</summary>
internal sealed record Cast(DataType To) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { DataType = To }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [inputs[0].DataType.IsFloating ? new Cast(inputs[0].DataType).ApplyOne(cotangents[0]!) : null];
}

/// <summary>Repeats a tensor along axes of size 1 and new outer axes (NumPy's <c>broadcast_to</c>).</summary>
internal sealed record BroadcastTo(Shape Shape) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Shape.Broadcast(inputs[0].Shape, Shape) == Shape
        ? [new TensorType(inputs[0].DataType, Shape)]
        : throw Error($"cannot repeat {inputs[0].Shape} to {Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [cotangents[0]!.SumTo(inputs[0].Shape)];
}
