using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Ops.Reductions;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Reductions and what is computed of exponentials along an axis.</summary>
internal static class ReductionTranslations
{
    private const double Tolerance = 1e-6;
    private static readonly Shape Plane = [1, 2];

    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Sum)] = node => Reduce(node, "ReduceSum"),
        [typeof(Product)] = node => Reduce(node, "ReduceProd"),
        [typeof(Max)] = node => Extreme(node, "ReduceMax", "GlobalMaxPool"),
        [typeof(Min)] = node => Extreme(node, "ReduceMin", null),
        [typeof(ArgExtreme)] = ArgExtreme,
        [typeof(Softmax)] = node => Along(node, "Softmax", ((Softmax)node.Op).Axis),
        [typeof(LogSoftmax)] = node => Along(node, "LogSoftmax", ((LogSoftmax)node.Op).Axis),
        [typeof(LogSumExp)] = node => Write(node, node.Inputs[0], [((LogSumExp)node.Op).Axis], (x, axes) => node.Write.Reduce("ReduceLogSumExp", x, axes)),
    };

    /// <summary>Writes a sum times one divided by how many numbers were summed as a mean.</summary>
    public static bool TryMean(NodeExport node) => TryMean(node, 0) || TryMean(node, 1);

    private static bool TryMean(NodeExport node, int side)
    {
        if (node.Inputs[side] is not Result { Node: { Op: Sum sum } summed } || node.Inputs[1 - side] is not Constant { Type.Shape.ElementCount: 1 } factor
            || !node.DataType.IsFloating || !IsShare(node.Graph.Graph, summed.Inputs[0], sum, node.Graph.Graph.ConstantOf(factor)))
        {
            return false;
        }

        Write(node, summed.Inputs[0], sum.Axes, (x, axes) => IsPlane(node, summed.Inputs[0], sum.Axes)
            ? node.Write.Add("GlobalAveragePool", [x])
            : node.Write.Reduce("ReduceMean", x, axes));
        return true;
    }

    private static bool IsShare(FreeGraph graph, Value summed, Sum sum, FreeConstant factor)
    {
        FreeShape shape = graph.ShapeOf(summed);
        Dictionary<string, int> smaller = graph.Largest.ToDictionary(pair => pair.Key, pair => pair.Value - 1);
        return IsShareAt(graph.Largest) && IsShareAt(smaller);

        bool IsShareAt(IReadOnlyDictionary<string, int> sizes)
        {
            double share = factor is FreeFill fill ? fill.Number.At(sizes) : ((FreeBlock)factor).Tensor.Reshape([]).ToDouble();
            return Math.Abs((share * sum.Axes.Aggregate(1.0, (count, axis) => count * shape[axis].At(sizes))) - 1) < Tolerance;
        }
    }

    private static bool IsPlane(NodeExport node, Value x, Shape axes) => axes == Plane && node.Values.FormOf(x) == ConvolutionTranslations.ChannelsFirst;

    private static void Reduce(NodeExport node, string op) =>
        Write(node, node.Inputs[0], ((Reduction)node.Op).Axes, (x, axes) => node.Write.Reduce(op, x, axes));

    private static void Extreme(NodeExport node, string op, string? ofPlane) => Write(node, node.Inputs[0], ((Reduction)node.Op).Axes, (x, axes) =>
        node.DataType == DataType.Bool ? node.Write.Cast(node.Write.Reduce(op, node.Write.Cast(x, DataType.Int32), axes), DataType.Bool)
        : ofPlane is not null && node.DataType.IsFloating && IsPlane(node, node.Inputs[0], ((Reduction)node.Op).Axes) ? node.Write.Add(ofPlane, [x])
        : node.Write.Reduce(op, x, axes));

    private static void ArgExtreme(NodeExport node)
    {
        ArgExtreme op = (ArgExtreme)node.Op;
        Write(node, node.Inputs[0], [op.Axis], (x, axes) => node.Write.Cast(
            node.Write.Add(op.Name, [x], Attributes.Int("axis", axes[0]), Attributes.Int("keepdims", 1)), DataType.Int32));
    }

    private static void Along(NodeExport node, string op, int axis) =>
        Write(node, node.Inputs[0], [axis], (x, axes) => node.Write.Add(op, [x], Attributes.Int("axis", axes[0])));

    private static void Write(NodeExport node, Value input, Shape axes, Func<string, int[], string> write)
    {
        Shape form = node.Values.FormOf(input) ?? StoredValues.Natural(input.Type.Shape.Rank);
        int[] places = [.. axes.Select(axis => form.ToList().IndexOf(axis)).Order()];
        node.Give(write(node.Values.In(input, form), places), form);
    }
}
