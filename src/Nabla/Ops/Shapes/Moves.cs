namespace Nabla.Ops.Shapes;

/// <summary>Reorders the axes: axis i of the result is axis <c>Axes[i]</c> of the input.</summary>
internal sealed record Transpose(Shape Axes) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Shape shape = inputs[0].Shape;
        return Axes.Order().SequenceEqual(Enumerable.Range(0, shape.Rank))
            ? [inputs[0] with { Shape = [.. Axes.Select(axis => shape[axis])] }]
            : throw Error($"of {shape} expects each axis from 0 to {shape.Rank - 1} once but got {Axes}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        int[] inverse = new int[Axes.Rank];
        for (int axis = 0; axis < inverse.Length; axis++)
        {
            inverse[Axes[axis]] = axis;
        }

        return [new Transpose(inverse).ApplyOne(cotangents[0]!)];
    }
}

/// <summary>The block that begins at <c>Start</c> and has shape <c>Size</c>.</summary>
internal sealed record Slice(Shape Start, Shape Size) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Shape shape = inputs[0].Shape;
        bool fits = Start.Rank == shape.Rank && Size.Rank == shape.Rank
            && Enumerable.Range(0, shape.Rank).All(axis => (long)Start[axis] + Size[axis] <= shape[axis]);
        return fits ? [inputs[0] with { Shape = Size }] : throw Error($"of {Size} at {Start} does not lie within {shape}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Pad(Start, inputs[0].Shape).ApplyOne(cotangents[0]!)];
}

/// <summary>Zeros of shape <c>Size</c> with the input at <c>Start</c>.</summary>
internal sealed record Pad(Shape Start, Shape Size) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Size }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Slice(Start, inputs[0].Shape).ApplyOne(cotangents[0]!)];
}

/// <summary>Puts tensors one behind the other along an axis.</summary>
internal sealed record Concatenate(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType first = inputs[0];
        int size = 0;
        foreach (TensorType input in inputs)
        {
            bool fits = input.DataType == first.DataType && input.Shape.Rank == first.Shape.Rank && input.Shape.With(Axis, 1) == first.Shape.With(Axis, 1);
            size = fits
                ? checked(size + input.Shape[Axis])
                : throw Error($"along axis {Axis} expects tensors that are alike but for that axis but got {first.DataType.Label} {first.Shape} and {input.DataType.Label} {input.Shape}.");
        }

        return [first with { Shape = first.Shape.With(Axis, size) }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor?[] parts = new Tensor?[inputs.Length];
        int at = 0;
        for (int index = 0; index < inputs.Length; index++)
        {
            int[] start = new int[inputs[index].Rank];
            start[Axis] = at;
            parts[index] = wanted[index] ? new Slice(start, inputs[index].Shape).ApplyOne(cotangents[0]!) : null;
            at += inputs[index].Shape[Axis];
        }

        return parts;
    }
}
