namespace Nabla.Ops.Indexing;

/// <summary>The parts of a tensor along an axis that integer indices name; their shape takes the place of the axis.</summary>
internal sealed record Gather(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (Shape shape, TensorType indices) = (inputs[0].Shape, inputs[1]);
        return indices.DataType is DataType.Int32 or DataType.Int64
            ? [inputs[0] with { Shape = [.. shape.Take(Axis), .. indices.Shape, .. shape.Skip(Axis + 1)] }]
            : throw Error($"along axis {Axis} of {shape} expects int32 or int64 indices but got {indices.DataType.Label} {indices.Shape}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Scatter(Axis, inputs[0].Shape[Axis]).ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>Adds parts to zeros, of <c>Size</c> along an axis, at the places that indices name: the gradient of <see cref="Gather"/>.</summary>
internal sealed record Scatter(int Axis, int Size) : Op
{
    /// <inheritdoc/>
    public override string Name => "ScatterAdd";

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType updates, TensorType indices) = (inputs[0], inputs[1]);
        bool fits = updates.DataType != DataType.Bool && indices.DataType is DataType.Int32 or DataType.Int64
            && updates.Shape.Skip(Axis).Take(indices.Shape.Rank).SequenceEqual(indices.Shape);
        return fits
            ? [updates with { Shape = [.. updates.Shape.Take(Axis), Size, .. updates.Shape.Skip(Axis + indices.Shape.Rank)] }]
            : throw Error($"along axis {Axis} expects numbers whose axes from there on are those of int32 or int64 indices but got "
                + $"{updates.DataType.Label} {updates.Shape} and {indices.DataType.Label} {indices.Shape}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Gather(Axis).ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>For each place of the indices the element that they name along an axis, at the same place of the other axes.</summary>
internal sealed record TakeAlongAxis(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (Shape shape, TensorType indices) = (inputs[0].Shape, inputs[1]);
        return indices.DataType is DataType.Int32 or DataType.Int64 && indices.Shape.Rank == shape.Rank && indices.Shape.With(Axis, 1) == shape.With(Axis, 1)
            ? [inputs[0] with { Shape = indices.Shape }]
            : throw Error($"along axis {Axis} expects int32 or int64 indices whose other axes are those of {shape} but got {indices.DataType.Label} {indices.Shape}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new AddAlongAxis(Axis, inputs[0].Shape[Axis]).ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>Adds elements to zeros, of <c>Size</c> along an axis, where indices say: the gradient of <see cref="TakeAlongAxis"/>.</summary>
internal sealed record AddAlongAxis(int Axis, int Size) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = inputs[0].Shape.With(Axis, Size) }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new TakeAlongAxis(Axis).ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>For each index a row of <c>Depth</c> zeros with a one where the index says.</summary>
internal sealed record OneHot(int Depth, DataType DataType) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DataType is DataType.Int32 or DataType.Int64
        ? [new TensorType(DataType, [.. inputs[0].Shape, Depth])]
        : throw Error($"expects int32 or int64 indices but got {inputs[0].DataType.Label} {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null];
}
