using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that reduce axes.</summary>
internal static class ReductionOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["ArgMax"] = One(call => Extreme(call, (x, axis) => x.ArgMax(axis, keepDimensions: true))),
        ["ArgMin"] = One(call => Extreme(call, (x, axis) => x.ArgMin(axis, keepDimensions: true))),
        ["CumProd"] = One(call => Running(call, products: true)),
        ["CumSum"] = One(call => Running(call, products: false)),
        ["ReduceL1"] = Reduce((x, axes, keep) => x.Abs().Sum(axes, keep)),
        ["ReduceL2"] = Reduce((x, axes, keep) => Numbers(x).Square().Sum(axes, keep).Sqrt()),
        ["ReduceLogSum"] = Reduce((x, axes, keep) => Numbers(x).Sum(axes, keep).Log()),
        ["ReduceLogSumExp"] = Reduce((x, axes, keep) => Empty(x, axes) ? Numbers(x).Exp().Sum(axes, keep).Log() : Numbers(x).LogSumExp(axes, keep)),
        ["ReduceMax"] = Reduce((x, axes, keep) => Empty(x, axes) ? Filled(x, axes, keep, double.NegativeInfinity) : x.Max(axes, keep)),
        ["ReduceMean"] = Reduce((x, axes, keep) => Numbers(x).Mean(axes, keep)),
        ["ReduceMin"] = Reduce((x, axes, keep) => Empty(x, axes) ? Filled(x, axes, keep, double.PositiveInfinity) : x.Min(axes, keep)),
        ["ReduceProd"] = Reduce((x, axes, keep) => x.Prod(axes, keep)),
        ["ReduceSum"] = Reduce((x, axes, keep) => x.Sum(axes, keep)),
        ["ReduceSumSquare"] = Reduce((x, axes, keep) => (x * x).Sum(axes, keep)),
    };

    // Axes were an attribute before opset 13 (sum) and 18 (others), and are an input since.
    private static Operator Reduce(Func<Tensor, int[], bool, Tensor> function) => One(call =>
    {
        Tensor x = call[0];
        int[]? given = call.Ints("axes") ?? (call.Optional(1) is null ? null : call.Sizes(1));
        if (given is not { Length: > 0 } && call.Flag("noop_with_empty_axes"))
        {
            return Unreduced(x, function);
        }

        int[] axes = given is { Length: > 0 } ? [.. given.Select(axis => call.FromFront(axis, x.Rank))] : [.. Enumerable.Range(0, x.Rank)];
        return function(x, axes, call.Flag("keepdims", true)).To(x.DataType);
    });

    // Without axes each element is a reduction of its own: squares and roots are still taken.
    private static Tensor Unreduced(Tensor x, Func<Tensor, int[], bool, Tensor> function) =>
        function(x.ExpandDimensions(0), [0], false).To(x.DataType);

    private static Tensor Numbers(Tensor x) => x.DataType.IsFloating ? x : x.To(DataType.Float64);

    private static bool Empty(Tensor x, int[] axes) => axes.Any(axis => x.Shape[axis] == 0);

    private static Tensor Filled(Tensor x, int[] axes, bool keep, double value)
    {
        int[] sizes = keep
            ? [.. x.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)]
            : [.. x.Shape.Where((_, axis) => !axes.Contains(axis))];
        return x.DataType.IsFloating
            ? Tensor.Full([.. sizes], value, x.DataType)
            : x.DataType == DataType.Bool ? Tensor.Full([.. sizes], value > 0 ? 1 : 0, DataType.Bool)
            : Tensor.Full([.. sizes], value > 0 ? int.MaxValue : int.MinValue, x.DataType);
    }

    private static Tensor Extreme(NodeCall call, Func<Tensor, int, Tensor> function)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", 0, x.Rank);
        bool last = call.Flag("select_last_index");
        Tensor found = function(last ? x.Flip(axis) : x, axis).To(DataType.Int64);
        found = last ? (found * -1.0) + (x.Shape[axis] - 1.0) : found;
        return call.Flag("keepdims", true) ? found : found.Squeeze(axis);
    }

    private static Tensor Running(NodeCall call, bool products)
    {
        Tensor x = call[0];
        int axis = call.FromFront(call.Longs(1)[0], x.Rank);
        bool fromEnd = call.Flag("reverse");
        Tensor sums = products ? RunningProducts(x, axis, fromEnd) : x.CumulativeSum(axis, fromEnd);
        if (!call.Flag("exclusive") || x.Shape[axis] == 0)
        {
            return sums.To(x.DataType);
        }

        double neutral = products ? 1 : 0;
        int rest = x.Shape[axis] - 1;
        Tensor shifted = fromEnd
            ? sums.Slice(axis, 1, rest).Pad(axis, 0, 1, PadMode.Constant, neutral)
            : sums.Slice(axis, 0, rest).Pad(axis, 1, 0, PadMode.Constant, neutral);
        return shifted.To(x.DataType);
    }

    private static Tensor RunningProducts(Tensor x, int axis, bool fromEnd)
    {
        int length = x.Shape[axis];
        Tensor[] parts = new Tensor[length];
        for (int step = 0; step < length; step++)
        {
            int place = fromEnd ? length - 1 - step : step;
            Tensor part = x.Slice(axis, place, 1);
            parts[place] = step == 0 ? part : parts[fromEnd ? place + 1 : place - 1] * part;
        }

        return ShapeOps.Concatenate(axis, parts);
    }
}
