using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Products and convolutions of small integers: sums are exact.</summary>
internal static class QuantizedOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["ConvInteger"] = OneData(call => Integers(Convolve(call, Operand.Of(call, 0, 2), Operand.Of(call, 1, 3).OfOutputs()))),
        ["MatMulInteger"] = OneData(call => Integers(MatMul(Operand.Of(call, 0, 2).OfRows(), Operand.Of(call, 1, 3)))),
        ["QLinearConv"] = OneData(QuantizedConvolution),
        ["QLinearMatMul"] = OneData(QuantizedMatMul),
    };

    private static TensorData Integers(Tensor sums) => new(sums.To(DataType.Int32), OnnxTypes.Int32);

    // Inputs: x, its scale and zero point, w, its scale and zero point, the scale and zero point of the result.
    private static OnnxData QuantizedMatMul(NodeCall call)
    {
        Tensor sums = MatMul(Operand.Of(call, 0, 2).OfRows(), Operand.Of(call, 3, 5));
        Tensor ofRows = call[1].Rank == 1 && call[1].ElementCount > 1 ? call[1].ExpandDimensions(-1) : call[1];
        return Requantized(call, sums, ofRows * call[4]);
    }

    private static OnnxData QuantizedConvolution(NodeCall call)
    {
        Tensor sums = Convolve(call, Operand.Of(call, 0, 2), Operand.Of(call, 3, 5).OfOutputs());
        if (call.Optional(8) is { } bias)
        {
            sums += bias.To(sums.DataType).AlongChannels(sums.Rank);
        }

        Tensor scale = call[4].ElementCount == 1 ? call[4].Reshape() : call[4].AlongChannels(sums.Rank);
        return Requantized(call, sums, scale * call[1].Reshape());
    }

    private static TensorData Requantized(NodeCall call, Tensor sums, Tensor scale)
    {
        int type = call.TypeOf(7);
        IntegerRange range = IntegerRange.Of(type) ?? throw call.Error($"expects integers as results but got {OnnxTypes.NameOf(type)}");
        Tensor steps = sums.To(DataType.Float32) * (scale / Lone(call[6]));
        return new TensorData(QuantizationOperators.ToIntegers(steps, Lone(call[7]), range), type);
    }

    private static Tensor Lone(Tensor parameter) => parameter.ElementCount == 1 ? parameter.Reshape() : parameter;

    private static Tensor MatMul(Operand left, Operand right)
    {
        Tensor kernel = right.Centred;
        double most = left.Most * (kernel.IsKnown() ? MostOf(kernel, -2) : right.Most * kernel.Shape[Math.Max(0, kernel.Rank - 2)]);
        DataType type = ExactType(most);
        return left.Centred.To(type).MatMul(kernel.To(type));
    }

    private static Tensor Convolve(NodeCall call, Operand image, Operand weights)
    {
        (Tensor x, Tensor kernel) = (image.Centred, weights.Centred);
        Tensor ofOutputs = kernel.Reshape(kernel.Shape[0], -1);
        double most = image.Most * (kernel.IsKnown() ? MostOf(ofOutputs, 1) : weights.Most * ofOutputs.Shape[1]);
        DataType type = ExactType(most);
        SpatialWindow window = SpatialWindow.Of(call, [.. x.Shape.Skip(2)], call.Ints("kernel_shape") ?? [.. kernel.Shape.Skip(2)]);
        return ConvolutionOperators.Convolve(x.To(type), kernel.To(type), null, window, (int)call.Int("group", 1));
    }

    // Whole numbers up to 2^24 and all sums of them that stay below are exact in float32, up to 2^53 in float64.
    private static DataType ExactType(double most) => most <= 1 << 24 ? DataType.Float32 : DataType.Float64;

    private static double MostOf(Tensor known, int axis) =>
        known.ElementCount == 0 ? 0 : known.To(DataType.Float64).Abs().Sum([known.Rank == 1 ? 0 : axis]).Max().ToDouble();

    /// <summary>Integers and the zero point that is taken from them.</summary>
    /// <param name="Values">The integers.</param>
    /// <param name="ZeroPoint">The zero point; null for zero.</param>
    /// <param name="Most">The largest distance that an integer can have from the zero point.</param>
    private sealed record Operand(Tensor Values, Tensor? ZeroPoint, double Most)
    {
        public Tensor Centred => ZeroPoint is null ? Wide(Values) : Wide(Values) - Wide(ZeroPoint);

        public static Operand Of(NodeCall call, int values, int zeroPoint)
        {
            int type = call.TypeOf(values);
            IntegerRange range = IntegerRange.Of(type) ?? throw call.Error($"expects integers as input {values} but got {OnnxTypes.NameOf(type)}");
            Tensor? zero = call.Optional(zeroPoint);
            double most = zero is null ? Math.Max(-range.Least, range.Largest) : range.Largest - range.Least;
            return new Operand(call[values], zero?.ElementCount == 1 ? zero.Reshape() : zero, most);
        }

        /// <summary>A zero point for each row of a product.</summary>
        public Operand OfRows() => ZeroPoint is { Rank: 1 } ? this with { ZeroPoint = ZeroPoint.ExpandDimensions(-1) } : this;

        /// <summary>A zero point for each output channel of weights.</summary>
        public Operand OfOutputs() => ZeroPoint is { Rank: 1 }
            ? this with { ZeroPoint = ZeroPoint.Reshape([ZeroPoint.ElementCount, .. Enumerable.Repeat(1, Values.Rank - 1)]) }
            : this;

        private static Tensor Wide(Tensor integers) => integers.DataType is DataType.UInt8 or DataType.Int8 ? integers.To(DataType.Int32) : integers;
    }
}
