namespace Nabla.Ops.Quantization;

/// <summary>An op between numbers and bytes, with a scale and a zero point.</summary>
/// <param name="Axis">The axis that scale and zero point are along; null where they are scalars, or one for each row.</param>
internal abstract record ScaledOp(int? Axis) : Op
{
    /// <summary>The types that numbers are quantised to.</summary>
    public static bool IsByte(DataType type) => type is DataType.UInt8 or DataType.Int8;

    /// <summary>The least number of a type of bytes.</summary>
    public static int Least(DataType type) => type == DataType.UInt8 ? byte.MinValue : sbyte.MinValue;

    /// <summary>The largest number of a type of bytes.</summary>
    public static int Largest(DataType type) => type == DataType.UInt8 ? byte.MaxValue : sbyte.MaxValue;

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 2.0 * outputs[0].Shape.ElementCount;

    /// <summary>Looks at what goes in.</summary>
    /// <param name="inputs">What is computed with, the scale, the zero point.</param>
    /// <param name="takes">Whether the type of what is computed with is right.</param>
    /// <param name="expected">What it should be.</param>
    private protected void Check(ReadOnlySpan<TensorType> inputs, bool takes, string expected)
    {
        (TensorType x, TensorType scale, TensorType zeroPoint) = (inputs[0], inputs[1], inputs[2]);
        if (!takes || scale.DataType != DataType.Float32 || !IsByte(zeroPoint.DataType))
        {
            throw Error($"expects {expected}, a float32 scale and a uint8 or int8 zero point but got {x}, {scale} and {zeroPoint}.");
        }

        Shape? shape = ScaleShape(x.Shape);
        if (shape is null || scale.Shape != zeroPoint.Shape || (scale.Shape != shape && (Axis is not null || scale.Shape.Rank != 0)))
        {
            string along = Axis is { } axis ? $"along axis {axis}" : "for all elements or each row";
            throw Error($"of {x.Shape} expects a scale and a zero point {along} but got {scale.Shape} and {zeroPoint.Shape}.");
        }
    }

    /// <summary>A scale or zero point in a shape that broadcasts to that of <paramref name="x"/>.</summary>
    private protected Tensor Along(Tensor parameter, Shape x) => parameter.Rank == 0 ? parameter
        : parameter.Reshape([.. x.Select((size, axis) => Axis is { } along ? (axis == along ? size : 1) : axis == x.Rank - 1 ? 1 : size)]);

    private Shape? ScaleShape(Shape x) => Axis is not { } axis ? (x.Rank == 0 ? Shape.Scalar : x.Without(x.Rank - 1)) : axis >= 0 && axis < x.Rank ? [x[axis]] : null;
}

/// <summary>Numbers, a scale and a zero point to bytes of the zero point's type.</summary>
internal sealed record Quantize(int? Axis) : ScaledOp(Axis)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs, inputs[0].DataType == DataType.Float32, "float32 numbers");
        return [inputs[0] with { DataType = inputs[2].DataType }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null, null, null];
}

/// <summary>Bytes, a scale and a zero point to numbers.</summary>
internal sealed record Dequantize(int? Axis) : ScaledOp(Axis)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs, IsByte(inputs[0].DataType) && inputs[0].DataType == inputs[2].DataType, "bytes of the zero point's type");
        return [inputs[0] with { DataType = DataType.Float32 }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        if (!wanted[1])
        {
            return [null, null, null];
        }

        Tensor steps = inputs[0].To(DataType.Float32) - Along(inputs[2], inputs[0].Shape).To(DataType.Float32);
        Tensor scale = Along(inputs[1], inputs[0].Shape);
        return [null, (cotangents[0]! * steps).SumTo(scale.Shape).Reshape(inputs[1].Shape.AsSpan()), null];
    }
}

/// <summary>Numbers, a scale and a zero point to the numbers that the bytes stand for.</summary>
internal sealed record FakeQuantize(int? Axis) : ScaledOp(Axis)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Check(inputs, inputs[0].DataType == DataType.Float32, "float32 numbers");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor steps = (inputs[0] / Along(inputs[1], inputs[0].Shape)).Round() + Along(inputs[2], inputs[0].Shape).To(DataType.Float32);
        Tensor isHeld = steps.GreaterOrEqual(Least(inputs[2].DataType)).LogicalAnd(steps.LessOrEqual(Largest(inputs[2].DataType)));
        return [cotangents[0]! * isHeld.To(DataType.Float32), null, null];
    }

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => input == 0;
}

/// <summary>Numbers to uint8 by their own range; the bytes, the scale, the zero point.</summary>
/// <param name="PerRow">Whether each row has a range of its own.</param>
internal sealed record QuantizeDynamically(bool PerRow) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType x = inputs[0];
        bool hasRange = PerRow ? x.Shape.Rank > 0 && x.Shape[-1] > 0 : x.Shape.ElementCount > 0;
        if (x.DataType != DataType.Float32 || !hasRange)
        {
            throw Error($"expects float32 numbers, one{(PerRow ? " in each row" : "")} at least, but got {x}.");
        }

        Shape scales = PerRow ? x.Shape.Without(x.Shape.Rank - 1) : Shape.Scalar;
        return [x with { DataType = DataType.UInt8 }, new(DataType.Float32, scales), new(DataType.UInt8, scales)];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null];

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 4.0 * inputs[0].Shape.ElementCount;
}
