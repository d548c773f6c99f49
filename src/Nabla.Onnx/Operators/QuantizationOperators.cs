using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators between numbers and small integers or floats: y = round(x / scale) + zero point, held within what the type has, and back.</summary>
internal static class QuantizationOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["DequantizeLinear"] = OneData(Dequantize),
        ["DynamicQuantizeLinear"] = QuantizeDynamically,
        ["QuantizeLinear"] = OneData(Quantize),
    };

    /// <summary>Whole numbers around a zero point, as an integer type.</summary>
    /// <param name="steps">Numbers in steps of the scale.</param>
    /// <param name="zeroPoint">What is added after rounding; null for zero.</param>
    /// <param name="range">The range of the type.</param>
    internal static Tensor ToIntegers(Tensor steps, Tensor? zeroPoint, IntegerRange range)
    {
        Tensor whole = steps.Round();
        return range.Saturate(zeroPoint is null ? whole : whole + zeroPoint.To(whole.DataType));
    }

    private static OnnxData Quantize(NodeCall call)
    {
        Tensor x = call[0].To(DataType.Float32);
        int type = call.Optional(2) is not null ? call.TypeOf(2)
            : call.Int("output_dtype", 0) is > 0 and var given ? (int)given : OnnxTypes.UInt8;
        if (ScaleOf(call, x, type) is var (scale, zeroPoints, axis))
        {
            return new TensorData(x.Quantize(scale, zeroPoints, axis), type);
        }

        Tensor steps = x / Along(call, call[1].To(DataType.Float32), x);
        Tensor? zeroPoint = call.Optional(2) is { } zero ? Along(call, zero, x) : null;
        return new TensorData(
            FloatFormat.Of(type) is { } format ? format.Round(call.KnownOf(steps), call.Flag("saturate", true))
            : IntegerRange.Of(type) is { } range ? ToIntegers(steps, zeroPoint, range)
            : throw call.Error($"cannot quantise to {OnnxTypes.NameOf(type)}"),
            type);
    }

    private static OnnxData Dequantize(NodeCall call)
    {
        (Tensor x, Tensor scale) = (call[0], call[1]);
        int result = (int)call.Int("output_dtype", call.TypeOf(1)) is > 0 and var given ? given : call.TypeOf(1);
        if (scale.DataType == DataType.Float32 && ScaleOf(call, x, call.TypeOf(0)) is var (scales, zeroPoints, axis))
        {
            return new TensorData(x.Dequantize(scales, zeroPoints, axis), result);
        }

        Tensor? zeroPoint = call.Optional(2) is { } zero ? Along(call, zero, x) : null;
        Tensor steps = call.TypeOf(0) == OnnxTypes.Int32 && zeroPoint is not null
            ? (x - zeroPoint).To(scale.DataType)
            : x.To(scale.DataType) is var wide && zeroPoint is not null ? wide - zeroPoint.To(scale.DataType) : wide;
        return new TensorData(steps * Along(call, scale, x), result);
    }

    // What the library's own ops take: bytes with one scale, or one for each place of an axis.
    private static (Tensor Scale, Tensor ZeroPoint, int? Axis)? ScaleOf(NodeCall call, Tensor x, int type)
    {
        (Tensor scale, Tensor? zeroPoint) = (call[1].To(DataType.Float32), call.Optional(2));
        bool fits = type is OnnxTypes.UInt8 or OnnxTypes.Int8 && call.Int("block_size", 0) <= 0 && (zeroPoint?.ElementCount ?? scale.ElementCount) == scale.ElementCount;
        if (!fits)
        {
            return null;
        }

        int? axis = scale.ElementCount == 1 ? null : call.Axis("axis", 1, x.Rank);
        Shape shape = axis is null ? Shape.Scalar : [scale.ElementCount];
        return axis is null || scale.ElementCount == x.Shape[axis.Value]
            ? (scale.Reshape(shape.AsSpan()), zeroPoint?.Reshape(shape.AsSpan()) ?? Tensor.Zeros(shape, OnnxTypes.InMemory(type)!.Value), axis)
            : null;
    }

    private static OnnxData?[] QuantizeDynamically(NodeCall call)
    {
        (Tensor quantized, Tensor scale, Tensor zeroPoint) = call[0].QuantizeDynamically();
        return [new TensorData(quantized, OnnxTypes.UInt8), new TensorData(scale, OnnxTypes.Float), new TensorData(zeroPoint, OnnxTypes.UInt8)];
    }

    // A scale or zero point: one for all, one for each place of an axis, or one for each block of an axis.
    private static Tensor Along(NodeCall call, Tensor parameter, Tensor x)
    {
        int block = (int)call.Int("block_size", 0);
        if (block <= 0 && parameter.ElementCount == 1)
        {
            return parameter.Reshape();
        }

        int axis = call.Axis("axis", 1, x.Rank);
        int size = x.Shape[axis];
        if (block > 0)
        {
            return parameter.Rank == x.Rank && (long)parameter.Shape[axis] * block >= size
                ? parameter.Gather(axis, Tensor.From([.. Enumerable.Range(0, size).Select(place => place / block)]))
                : throw call.Error($"expects a scale for each {block} of axis {axis} of {x.Shape} but got {parameter.Shape}");
        }

        return parameter.ElementCount == size
            ? parameter.Reshape([.. x.Shape.Select((_, other) => other == axis ? size : 1)])
            : throw call.Error($"expects {size} scales for axis {axis} of {x.Shape} but got {parameter.Shape}");
    }
}
