using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Activations and softmax.</summary>
internal static class ActivationOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Celu"] = One(call => Celu(call[0], call.Number("alpha", 1))),
        ["Elu"] = One(call => call[0].Elu(call.Number("alpha", 1))),
        ["Gelu"] = One(call => call.Text("approximate", "none") == "tanh" ? call[0].GeluTanh() : call[0].Gelu()),
        ["Hardmax"] = One(Hardmax),
        ["HardSigmoid"] = One(call => ((call[0] * call.Number("alpha", 0.2f)) + call.Number("beta", 0.5)).Clip(0, 1)),
        ["HardSwish"] = One(call => call[0].HardSwish()),
        ["LeakyRelu"] = One(call => call[0].LeakyRelu(call.Number("alpha", 0.01f))),
        ["LogSoftmax"] = One(call => Softmax(call, logarithm: true)),
        ["Mish"] = One(call => call[0].Mish()),
        ["PRelu"] = One(PRelu),
        ["Relu"] = One(call => call[0].DataType.IsFloating ? call[0].Relu() : call[0].Maximum(Tensor.Zeros(Shape.Scalar, call[0].DataType))),
        ["Selu"] = One(call => Selu(call[0], call.Number("alpha", 1.67326319217681884765625), call.Number("gamma", 1.05070102214813232421875))),
        ["Shrink"] = One(call => Shrink(call[0], call.Number("lambd", 0.5), call.Number("bias", 0))),
        ["Sigmoid"] = One(call => call[0].Sigmoid()),
        ["Softmax"] = One(call => Softmax(call, logarithm: false)),
        ["Softplus"] = One(call => call[0].Softplus()),
        ["Softsign"] = One(call => call[0] / (call[0].Abs() + 1.0)),
        ["Swish"] = One(call => call[0] * (call[0] * call.Number("alpha", 1)).Sigmoid()),
        ["Tanh"] = One(call => call[0].Tanh()),
        ["ThresholdedRelu"] = One(call => call[0].Greater(call.Number("alpha", 1)).Where(call[0], 0.0)),
    };

    private static Tensor Celu(Tensor x, double alpha) => x.Relu() - ((-(x * (1 / alpha)).Minimum(Zero(x)).Expm1() * alpha).Relu());

    private static Tensor Selu(Tensor x, double alpha, double gamma) => x.Elu(alpha) * gamma;

    private static Tensor Shrink(Tensor x, double limit, double bias)
    {
        Tensor number = x.DataType.IsFloating ? x : x.To(DataType.Float32);
        Tensor zero = Zero(number);
        return number.Less(-limit).Where(number + bias, number.Greater(limit).Where(number - bias, zero.BroadcastTo(number.Shape))).To(x.DataType);
    }

    // Before opset 7 and after it a slope is broadcast from the right; a vector of channels may stand for [channels, 1, ...].
    private static Tensor PRelu(NodeCall call)
    {
        (Tensor x, Tensor slope) = (call[0], call[1]);
        if (slope.Rank == 1 && x.Rank > 2 && slope.Shape[0] == x.Shape[1] && slope.Shape[0] != x.Shape[-1])
        {
            slope = slope.AlongChannels(x.Rank);
        }

        return x.Less(0.0).Where(x * slope, x);
    }

    // Up to opset 12 the axes from one on were a single axis.
    private static Tensor Softmax(NodeCall call, bool logarithm)
    {
        Tensor x = call[0];
        if (call.Opset >= 13)
        {
            int axis = call.Axis("axis", -1, x.Rank);
            return logarithm ? x.LogSoftmax(axis) : x.Softmax(axis);
        }

        Tensor rows = x.Flat(call.Axis("axis", 1, x.Rank));
        return (logarithm ? rows.LogSoftmax() : rows.Softmax()).Reshape(x.Shape.AsSpan());
    }

    private static Tensor Hardmax(NodeCall call)
    {
        Tensor x = call[0];
        bool coerced = call.Opset < 13;
        Tensor rows = coerced ? x.Flat(call.Axis("axis", 1, x.Rank)) : x;
        int axis = coerced ? 1 : call.Axis("axis", -1, x.Rank);
        Tensor ones = rows.ArgMax(axis).OneHot(rows.Shape[axis], x.DataType);
        return ones.MoveAxis(-1, axis).Reshape(x.Shape.AsSpan());
    }

    private static Tensor Zero(Tensor like) => Tensor.Zeros(Shape.Scalar, like.DataType);
}
