using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that change the type of elements.</summary>
internal static class CastOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["BitCast"] = OneData(BitCast),
        ["Cast"] = OneData(call => To(call, (int)call.Int("to", OnnxTypes.Float))),
        ["CastLike"] = OneData(call => To(call, call.Given(1) is TextData ? OnnxTypes.Text : call.TypeOf(1))),
        ["Equal"] = OneData(ElementwiseOperators.Equal),
    };

    private static OnnxData To(NodeCall call, int type) =>
        type == OnnxTypes.Text ? call.Given(0) as TextData ?? TextOperators.Write(call.Known(0))
        : call.Given(0) is TextData texts ? To(call, TextOperators.Read(call, texts), OnnxTypes.Double, type)
        : To(call, call[0], call.TypeOf(0), type);

    private static TensorData To(NodeCall call, Tensor x, int from, int type)
    {
        DataType memory = OnnxTypes.InMemory(type) ?? throw call.Error($"cannot cast to {OnnxTypes.NameOf(type)}");
        if (type == OnnxTypes.Bool)
        {
            return new TensorData(x.DataType == DataType.Bool ? x : x.NotEqual(0.0), type);
        }

        return new TensorData(FloatFormat.Of(type) is { } format ? Rounded(call, x, type, format) : IntegerRange.Of(type)?.Wrap(x, from) ?? x.To(memory), type);
    }

    // Small floats are kept in float32; while a graph is traced those of 16 bits keep their digits.
    private static Tensor Rounded(NodeCall call, Tensor x, int type, FloatFormat format)
    {
        bool isHalf = OnnxTypes.BitsInFile(type) == 16;
        bool saturates = !isHalf && call.Flag("saturate", true);
        Tensor wide = x.To(DataType.Float32);
        return isHalf && !x.IsKnown() ? wide : format.Round(call.KnownOf(wide), saturates, type == OnnxTypes.Float8E8M0 ? RoundingOfScales(call) : MidpointRounding.ToEven);
    }

    private static MidpointRounding RoundingOfScales(NodeCall call) => call.Text("round_mode", "up") switch
    {
        "down" => MidpointRounding.ToZero,
        "nearest" => MidpointRounding.AwayFromZero,
        _ => MidpointRounding.ToPositiveInfinity,
    };

    // The same bits read as another type of the same width.
    private static TensorData BitCast(NodeCall call)
    {
        int type = (int)call.Int("to", 0);
        int from = call.TypeOf(0);
        int bits = OnnxTypes.BitsInFile(type);
        if (OnnxTypes.InMemory(type) is not { } memory || bits != OnnxTypes.BitsInFile(from))
        {
            throw call.Error($"cannot read the bits of {OnnxTypes.NameOf(from)} as {OnnxTypes.NameOf(type)}");
        }

        Tensor x = call.Known(0);
        long[] pattern = Array.ConvertAll(Patterns(x, from), value => bits == 64 ? value : value & ((1L << bits) - 1));
        return new TensorData(FromPatterns(pattern, type, x.Shape, call).To(memory), type);
    }

    private static long[] Patterns(Tensor x, int type) => type switch
    {
        OnnxTypes.Float => Array.ConvertAll(x.ToArray<float>(), value => (long)BitConverter.SingleToInt32Bits(value)),
        OnnxTypes.Float16 => Array.ConvertAll(x.ToArray<float>(), value => (long)BitConverter.HalfToInt16Bits((Half)value)),
        OnnxTypes.BFloat16 => Array.ConvertAll(x.ToArray<float>(), value => (long)(BitConverter.SingleToInt32Bits(value) >> 16)),
        OnnxTypes.Double => Array.ConvertAll(x.ToArray<double>(), BitConverter.DoubleToInt64Bits),
        _ => x.To(DataType.Int64).ToArray<long>(),
    };

    private static Tensor FromPatterns(long[] patterns, int type, Shape shape, NodeCall call) => type switch
    {
        OnnxTypes.Float => Tensor.From(Array.ConvertAll(patterns, value => BitConverter.Int32BitsToSingle((int)value)), shape),
        OnnxTypes.Float16 => Tensor.From(Array.ConvertAll(patterns, value => (float)BitConverter.Int16BitsToHalf((short)value)), shape),
        OnnxTypes.BFloat16 => Tensor.From(Array.ConvertAll(patterns, value => BitConverter.Int32BitsToSingle((int)value << 16)), shape),
        OnnxTypes.Double => Tensor.From(Array.ConvertAll(patterns, BitConverter.Int64BitsToDouble), shape),
        OnnxTypes.Int64 => Tensor.From(patterns, shape),
        OnnxTypes.Bool => Tensor.From(Array.ConvertAll(patterns, value => value != 0), shape),
        _ => IntegerRange.Of(type)?.Wrap(Tensor.From(patterns, shape), OnnxTypes.Int64) ?? throw call.Error($"cannot read bits as {OnnxTypes.NameOf(type)}"),
    };
}
