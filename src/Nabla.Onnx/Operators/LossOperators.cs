using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Losses that stand in a graph.</summary>
internal static class LossOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["NegativeLogLikelihoodLoss"] = One(call => Reduced(call, call[0])),
        ["SoftmaxCrossEntropyLoss"] = SoftmaxCrossEntropy,
    };

    private static Tensor?[] SoftmaxCrossEntropy(NodeCall call)
    {
        Tensor logarithms = call[0].LogSoftmax(1);
        return [Reduced(call, logarithms), logarithms];
    }

    // Logarithms [batch, classes, ...], targets [batch, ...] and weights of classes.
    private static Tensor Reduced(NodeCall call, Tensor logarithms)
    {
        Tensor targets = call[1].To(DataType.Int64);
        long ignored = call.Int("ignore_index", long.MinValue);
        Tensor counts = call.Has("ignore_index")
            ? targets.NotEqual((double)ignored).To(logarithms.DataType)
            : Tensor.Ones(targets.Shape, logarithms.DataType);
        Tensor classes = call.Has("ignore_index") ? (targets.To(DataType.Float64) * counts.To(DataType.Float64)).To(DataType.Int64) : targets;
        Tensor weights = call.Optional(2) is { } ofClasses ? ofClasses.Gather(0, classes) * counts : counts;
        Tensor losses = -(logarithms.MoveAxis(1, -1).TakeAlongAxis(classes.ExpandDimensions(-1), -1).Squeeze(-1) * weights);
        return call.Text("reduction", "mean") switch
        {
            "none" => losses,
            "sum" => losses.Sum(),
            _ => losses.Sum() / weights.Sum(),
        };
    }
}
