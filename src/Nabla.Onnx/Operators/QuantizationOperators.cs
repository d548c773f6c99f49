using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators between numbers and small integers or floats: y = round(x / scale) + zero point, held within what the type has, and back.</summary>
internal static class QuantizationOperators
{
    private const double LargestByte = 255;

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
        Tensor? zeroPoint = call.Optional(2) is { } zero ? Along(call, zero, x) : null;
        Tensor steps = call.TypeOf(0) == OnnxTypes.Int32 && zeroPoint is not null
            ? (x - zeroPoint).To(scale.DataType)
            : x.To(scale.DataType) is var wide && zeroPoint is not null ? wide - zeroPoint.To(scale.DataType) : wide;
        return new TensorData(steps * Along(call, scale, x), (int)call.Int("output_dtype", call.TypeOf(1)) is > 0 and var type ? type : call.TypeOf(1));
    }

    // The range of the values, widened to hold zero, is laid over the bytes.
    private static OnnxData?[] QuantizeDynamically(NodeCall call)
    {
        Tensor x = call[0];
        Tensor least = x.Min().Minimum(Tensor.From(0f));
        Tensor span = (x.Max().Maximum(Tensor.From(0f)) - least) / LargestByte;
        Tensor scale = span.Equal(0.0).Where(Tensor.From(1f), span);
        IntegerRange bytes = IntegerRange.Of(OnnxTypes.UInt8)!;
        Tensor zeroPoint = bytes.Saturate((-least / scale).Round());
        return
        [
            new TensorData(ToIntegers(x / scale, zeroPoint, bytes), OnnxTypes.UInt8),
            new TensorData(scale.Reshape(), OnnxTypes.Float),
            new TensorData(zeroPoint.Reshape(), OnnxTypes.UInt8),
        ];
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
