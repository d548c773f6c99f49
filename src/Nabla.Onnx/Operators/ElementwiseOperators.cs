using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators on elements: arithmetic, comparisons, functions, logic, bits.</summary>
internal static class ElementwiseOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Abs"] = One(call => call[0].Abs()),
        ["Acos"] = One(call => (Math.PI / 2) - Asin(call[0])),
        ["Acosh"] = One(call => (call[0] + (call[0].Square() - 1.0).Sqrt()).Log()),
        ["Add"] = Binary((x, y) => x + y),
        ["And"] = Binary((x, y) => x.LogicalAnd(y)),
        ["Asin"] = One(call => Asin(call[0])),
        ["Asinh"] = One(call => Asinh(call[0])),
        ["Atan"] = One(call => call[0].Atan()),
        ["Atanh"] = One(call => (call[0].Log1p() - (-call[0]).Log1p()) * 0.5),
        ["BitShift"] = One(Bits.Shift),
        ["BitwiseAnd"] = One(call => Bits.Combine(call, (x, y) => x & y)),
        ["BitwiseNot"] = One(Bits.Not),
        ["BitwiseOr"] = One(call => Bits.Combine(call, (x, y) => x | y)),
        ["BitwiseXor"] = One(call => Bits.Combine(call, (x, y) => x ^ y)),
        ["Ceil"] = One(call => call[0].Ceiling()),
        ["Clip"] = One(Clip),
        ["Cos"] = One(call => call[0].Cos()),
        ["Cosh"] = One(call => (call[0].Exp() + (-call[0]).Exp()) * 0.5),
        ["Div"] = Binary(Divide),
        ["Erf"] = One(call => call[0].Erf()),
        ["Exp"] = One(call => call[0].Exp()),
        ["Floor"] = One(call => call[0].Floor()),
        ["Greater"] = Binary((x, y) => x.Greater(y)),
        ["GreaterOrEqual"] = Binary((x, y) => x.GreaterOrEqual(y)),
        ["IsInf"] = One(IsInfinite),
        ["IsNaN"] = One(call => call[0].NotEqual(call[0])),
        ["Less"] = Binary((x, y) => x.Less(y)),
        ["LessOrEqual"] = Binary((x, y) => x.LessOrEqual(y)),
        ["Log"] = One(call => call[0].Log()),
        ["Max"] = One(call => call.Tensors.Aggregate((x, y) => x.Maximum(y))),
        ["Mean"] = One(call => call.Tensors.Aggregate((x, y) => x + y) * (1.0 / call.Tensors.Length)),
        ["Min"] = One(call => call.Tensors.Aggregate((x, y) => x.Minimum(y))),
        ["Mod"] = One(Modulo),
        ["Mul"] = Binary((x, y) => x * y),
        ["Neg"] = One(call => -call[0]),
        ["Not"] = One(call => call[0].LogicalNot()),
        ["Or"] = Binary((x, y) => x.LogicalOr(y)),
        ["Pow"] = One(Power),
        ["Reciprocal"] = One(call => call[0].Reciprocal()),
        ["Round"] = One(call => call[0].Round()),
        ["Sign"] = One(call => call[0].Sign()),
        ["Sin"] = One(call => call[0].Sin()),
        ["Sinh"] = One(call => (call[0].Exp() - (-call[0]).Exp()) * 0.5),
        ["Sqrt"] = One(call => call[0].Sqrt()),
        ["Sub"] = Binary((x, y) => x - y),
        ["Sum"] = One(call => call.Tensors.Aggregate((x, y) => x + y)),
        ["Tan"] = One(call => call[0].Tan()),
        ["Where"] = One(call => call[0].Where(call[1], call[2])),
        ["Xor"] = Binary((x, y) => x.LogicalXor(y)),
    };

    /// <summary>Whether pairs of elements are the same.</summary>
    internal static OnnxData Equal(NodeCall call) => call.Data(0) is TextData ? TextOperators.Equal(call) : TensorData.Of(Aligned(call, (x, y) => x.Equal(y)));

    // Before opset 7 the second operand was broadcast along an axis that an attribute named.
    private static Tensor Aligned(NodeCall call, Func<Tensor, Tensor, Tensor> function)
    {
        (Tensor x, Tensor y) = (call[0], call[1]);
        if (call.Opset < 7 && call.Has("axis") && y.Rank < x.Rank)
        {
            int first = call.Axis("axis", 0, x.Rank);
            y = y.Reshape([.. y.Shape, .. Enumerable.Repeat(1, x.Rank - first - y.Rank)]);
        }

        return function(x, y);
    }

    private static Operator Binary(Func<Tensor, Tensor, Tensor> function) => One(call => Aligned(call, function));

    private static Tensor Asin(Tensor x) => (x / (1.0 - x.Square()).Sqrt()).Atan();

    private static Tensor Asinh(Tensor x) => x.Sign() * (x.Abs() + (x.Square() + 1.0).Sqrt()).Log();

    // Integers are divided towards zero.
    private static Tensor Divide(Tensor x, Tensor y)
    {
        if (x.DataType.IsFloating)
        {
            return x / y;
        }

        Tensor quotient = x.To(DataType.Float64) / y.To(DataType.Float64);
        return (quotient.Sign() * quotient.Abs().Floor()).To(x.DataType);
    }

    private static Tensor Modulo(NodeCall call)
    {
        (Tensor x, Tensor y) = (call[0].To(DataType.Float64), call[1].To(DataType.Float64));
        Tensor quotient = x / y;
        Tensor whole = call.Flag("fmod") ? quotient.Sign() * quotient.Abs().Floor() : quotient.Floor();
        return (x - (whole * y)).To(call[0].DataType);
    }

    private static Tensor Power(NodeCall call)
    {
        (Tensor x, Tensor y) = (call[0], call[1]);
        return x.DataType.IsFloating
            ? x.Pow(y.To(x.DataType))
            : x.To(DataType.Float64).Pow(y.To(DataType.Float64)).Round().To(x.DataType);
    }

    private static Tensor Clip(NodeCall call)
    {
        Tensor x = call[0];
        Tensor? low = call.Optional(1) ?? (call.Has("min") ? Scalar(call.Number("min", 0), x) : null);
        Tensor? high = call.Optional(2) ?? (call.Has("max") ? Scalar(call.Number("max", 0), x) : null);
        x = low is null ? x : x.Maximum(low);
        return high is null ? x : x.Minimum(high);
    }

    private static Tensor IsInfinite(NodeCall call)
    {
        Tensor above = call[0].Equal(double.PositiveInfinity);
        Tensor below = call[0].Equal(double.NegativeInfinity);
        bool positive = call.Flag("detect_positive", true);
        bool negative = call.Flag("detect_negative", true);
        return positive && negative ? above.LogicalOr(below) : positive ? above : negative ? below : above.LogicalAnd(below);
    }

    private static Tensor Scalar(double value, Tensor like) => Tensor.Full(Shape.Scalar, value, like.DataType);
}
