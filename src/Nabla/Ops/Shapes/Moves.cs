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

/// <summary>The elements from <c>Start</c> on, each <c>Step</c>th, <c>Size</c> of them along each axis.</summary>
internal sealed record Slice(Shape Start, Shape Size, Shape Step) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Blocks.Fit(Start, Size, Step, inputs[0].Shape)
        ? [inputs[0] with { Shape = Size }]
        : throw Error($"of {Size} from {Start} on in steps of {Step} does not lie within {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Pad(Start, inputs[0].Shape, Step, 0).ApplyOne(cotangents[0]!)];
}

/// <summary>A tensor of shape <c>Size</c> full of one value, with the input's elements from <c>Start</c> on at each <c>Step</c>th place.</summary>
internal sealed record Pad(Shape Start, Shape Size, Shape Step, double Value) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Blocks.Fit(Start, inputs[0].Shape, Step, Size)
        ? [inputs[0] with { Shape = Size }]
        : throw Error($"from {Start} on in steps of {Step} finds no room in {Size} for {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Slice(Start, inputs[0].Shape, Step).ApplyOne(cotangents[0]!)];
}

/// <summary>The elements in reverse order along some axes.</summary>
internal sealed record Flip(Shape Axes) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new Flip(Axes).ApplyOne(cotangents[0]!)];
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
            parts[index] = wanted[index] ? new Slice(start, inputs[index].Shape, Blocks.Ones(start.Length)).ApplyOne(cotangents[0]!) : null;
            at += inputs[index].Shape[Axis];
        }

        return parts;
    }
}

/// <summary>Blocks of evenly spaced elements within a tensor.</summary>
internal static class Blocks
{
    /// <summary>Steps of one along each axis.</summary>
    public static Shape Ones(int rank) => Enumerable.Repeat(1, rank).ToArray();

    /// <summary>Whether a block of shape <paramref name="size"/> lies within <paramref name="shape"/>.</summary>
    public static bool Fit(Shape start, Shape size, Shape step, Shape shape)
    {
        bool fit = start.Rank == shape.Rank && size.Rank == shape.Rank && step.Rank == shape.Rank;
        for (int axis = 0; fit && axis < shape.Rank; axis++)
        {
            long end = size[axis] == 0 ? start[axis] : start[axis] + (((long)size[axis] - 1) * step[axis]) + 1;
            fit = step[axis] > 0 && end <= shape[axis];
        }

        return fit;
    }
}
