namespace Nabla.Ops.Reductions;

/// <summary>Reduces axes, which stay with size 1.</summary>
/// <param name="Axes">The axes in ascending order.</param>
internal abstract record Reduction(Shape Axes) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (!Takes(inputs[0].DataType))
        {
            throw Error($"does not take {inputs[0].DataType.Label} {inputs[0].Shape}: convert it with To first.");
        }

        Shape shape = Axes.Aggregate(inputs[0].Shape, (shape, axis) => shape.With(axis, 1));
        return !NeedsElements(inputs[0].DataType) || inputs[0].Shape.ElementCount > 0 || shape.ElementCount == 0
            ? [inputs[0] with { Shape = shape }]
            : throw Error($"of {inputs[0].Shape} over axes {Axes} has no elements to choose from.");
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[0].Shape.ElementCount;

    /// <summary>Whether it can reduce elements of a type.</summary>
    private protected virtual bool Takes(DataType dataType) => dataType.IsFloating || dataType == DataType.Int64;

    /// <summary>Whether there must be elements, since what it is of none is undefined.</summary>
    private protected virtual bool NeedsElements(DataType dataType) => false;
}

/// <summary>The sum over the axes.</summary>
internal sealed record Sum(Shape Axes) : Reduction(Axes)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [cotangents[0]!.BroadcastTo(inputs[0].Shape)];
}

/// <summary>The product over the axes.</summary>
internal sealed record Product(Shape Axes) : Reduction(Axes)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        // An element's slope is the product of the others: with a zero among them, only that zero's own.
        (Tensor x, Tensor cotangent) = (inputs[0], cotangents[0]!);
        Tensor isZero = x.Equal(0);
        Tensor zeros = isZero.To(x.DataType).Sum([.. Axes], keepDimensions: true);
        Tensor rest = new Product(Axes).ApplyOne(isZero.Where(1, x));
        Tensor others = isZero.Where(zeros.Equal(1).Where(rest, 0), zeros.Equal(0).Where(rest, 0) / isZero.Where(1, x));
        return [cotangent * others];
    }
}

/// <summary>The largest or smallest over the axes; NaN wins. Equal ones share the gradient.</summary>
internal abstract record Extreme(Shape Axes) : Reduction(Axes)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor chosen = inputs[0].Equal(outputs[0]).To(inputs[0].DataType);
        return [chosen * (cotangents[0]! / chosen.Sum([.. Axes], keepDimensions: true))];
    }

    private protected override bool Takes(DataType dataType) => true;

    private protected override bool NeedsElements(DataType dataType) => dataType != DataType.Bool;
}

/// <summary>The largest over the axes; of booleans whether any is true.</summary>
internal sealed record Max(Shape Axes) : Extreme(Axes);

/// <summary>The smallest over the axes; of booleans whether all are true.</summary>
internal sealed record Min(Shape Axes) : Extreme(Axes);

/// <summary>The int32 index along an axis, which stays with size 1, of the largest or smallest element, the first if there are several; NaN wins.</summary>
internal sealed record ArgExtreme(int Axis, bool Largest) : Op
{
    /// <inheritdoc/>
    public override string Name => Largest ? "ArgMax" : "ArgMin";

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape[Axis] > 0
        ? [new TensorType(DataType.Int32, inputs[0].Shape.With(Axis, 1))]
        : throw Error($"of {inputs[0].Shape} over axis {Axis} has no elements to choose from.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null];

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[0].Shape.ElementCount;
}
