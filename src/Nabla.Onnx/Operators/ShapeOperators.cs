using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that move, repeat, cut and join elements.</summary>
internal static class ShapeOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["CenterCropPad"] = One(CenterCropPad),
        ["Concat"] = One(Concatenate),
        ["DepthToSpace"] = One(DepthToSpace),
        ["Expand"] = One(call => call[0].BroadcastTo(Shape.Broadcast(call[0].Shape, [.. call.Sizes(1)]) ?? throw call.Error("expects shapes that broadcast"))),
        ["Flatten"] = One(call => call[0].Flat(call.Int("axis", 1) == call[0].Rank ? call[0].Rank : call.Axis("axis", 1, call[0].Rank))),
        ["Pad"] = One(Pad),
        ["Reshape"] = One(Reshape),
        ["ReverseSequence"] = One(ReverseSequence),
        ["Slice"] = One(Slice),
        ["SpaceToDepth"] = One(SpaceToDepth),
        ["Split"] = Split,
        ["Squeeze"] = One(Squeeze),
        ["Tile"] = One(Tile),
        ["Transpose"] = One(call => call[0].Transpose(call.Ints("perm") ?? [.. Enumerable.Range(0, call[0].Rank).Reverse()])),
        ["Trilu"] = One(call => Triangle(call)),
        ["Unsqueeze"] = One(Unsqueeze),
    };

    /// <summary>Cuts or fills up axes by paddings, negative ones cut.</summary>
    internal static Tensor PadOrCut(Tensor x, int axis, int before, int after, string mode, double value)
    {
        if (before < 0 || after < 0)
        {
            int start = Math.Max(0, -before);
            int end = x.Shape[axis] - Math.Max(0, -after);
            x = x.Slice(axis, start, Math.Max(0, end - start));
            (before, after) = (Math.Max(0, before), Math.Max(0, after));
        }

        if (mode == "wrap" && before + after > 0)
        {
            int size = x.Shape[axis];
            int[] places = [.. Enumerable.Range(-before, size + before + after).Select(place => ((place % size) + size) % size)];
            return x.Gather(axis, Tensor.From(places));
        }

        PadMode how = mode switch { "reflect" => PadMode.Reflect, "edge" => PadMode.Edge, _ => PadMode.Constant };
        return x.Pad(axis, before, after, how, value);
    }

    private static Tensor Concatenate(NodeCall call)
    {
        Tensor[] parts = call.Tensors;
        return parts.Length == 1 ? parts[0] : ShapeOps.Concatenate(call.Axis("axis", 1, parts[0].Rank), parts);
    }

    private static Tensor CenterCropPad(NodeCall call)
    {
        Tensor x = call[0];
        int[] sizes = call.Sizes(1);
        int[] axes = call.Ints("axes") ?? [.. Enumerable.Range(0, x.Rank)];
        for (int index = 0; index < axes.Length; index++)
        {
            int axis = call.FromFront(axes[index], x.Rank);
            int difference = sizes[index] - x.Shape[axis];
            x = difference >= 0
                ? x.Pad(axis, difference / 2, difference - (difference / 2))
                : x.Slice(axis, -difference / 2, sizes[index]);
        }

        return x;
    }

    private static Tensor DepthToSpace(NodeCall call)
    {
        Tensor x = call[0];
        int block = (int)call.Int("blocksize", 1);
        (int batch, int channels, int height, int width) = (x.Shape[0], x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
        Tensor parts = call.Text("mode", "DCR") == "DCR"
            ? x.Reshape(batch, block, block, channels, height, width).Transpose(0, 3, 4, 1, 5, 2)
            : x.Reshape(batch, channels, block, block, height, width).Transpose(0, 1, 4, 2, 5, 3);
        return parts.Reshape(batch, channels, height * block, width * block);
    }

    private static Tensor SpaceToDepth(NodeCall call)
    {
        Tensor x = call[0];
        int block = (int)call.Int("blocksize", 1);
        (int batch, int channels, int height, int width) = (x.Shape[0], x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
        return x.Reshape(batch, channels, height, block, width, block).Transpose(0, 3, 5, 1, 2, 4).Reshape(batch, channels * block * block, height, width);
    }

    private static Tensor Pad(NodeCall call)
    {
        Tensor x = call[0];
        int[] pads = call.Ints("pads") ?? call.Ints("paddings") ?? call.Sizes(1);
        double value = call.Optional(2) is { ElementCount: > 0 } ? call.Numbers(2)[0] : call.Number("value", 0);
        int[] axes = call.Optional(3) is null ? [.. Enumerable.Range(0, x.Rank)] : call.Sizes(3);
        string mode = call.Text("mode", "constant");
        for (int index = 0; index < axes.Length; index++)
        {
            x = PadOrCut(x, call.FromFront(axes[index], x.Rank), pads[index], pads[index + axes.Length], mode, value);
        }

        return x;
    }

    // A size of 0 takes over that of the input, unless zeros are meant.
    private static Tensor Reshape(NodeCall call)
    {
        Tensor x = call[0];
        int[] sizes = call.Ints("shape") ?? call.Sizes(1);
        bool zeros = call.Flag("allowzero");
        int[] resolved = [.. sizes.Select((size, axis) => size == 0 && !zeros ? x.Shape[axis] : size)];
        return x.Reshape(resolved);
    }

    private static Tensor ReverseSequence(NodeCall call)
    {
        Tensor x = call[0];
        (int time, int batch) = ((int)call.Int("time_axis", 0), (int)call.Int("batch_axis", 1));
        long[] lengths = call.Longs(1);
        int[] order = [batch, time, .. Enumerable.Range(0, x.Rank).Except([batch, time])];
        Tensor ordered = x.Transpose(order);
        int steps = x.Shape[time];
        Tensor[] rows = [.. lengths.Select((length, row) => ordered.Slice(0, row, 1).Gather(1, Tensor.From(
            [.. Enumerable.Range(0, steps).Select(step => step < length ? (int)length - 1 - step : step)])))];
        return ShapeOps.Concatenate(0, rows).Transpose([.. Enumerable.Range(0, x.Rank).Select(axis => Array.IndexOf(order, axis))]);
    }

    private static Tensor Slice(NodeCall call)
    {
        Tensor x = call[0];
        long[] starts = call.Count > 1 ? call.Longs(1) : LongsOf(call, "starts");
        long[] ends = call.Count > 2 ? call.Longs(2) : LongsOf(call, "ends");
        long[] axes = call.Optional(3) is not null ? call.Longs(3) : [.. call.Ints("axes")?.Select(axis => (long)axis) ?? Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        long[] steps = call.Optional(4) is not null ? call.Longs(4) : [.. starts.Select(_ => 1L)];
        for (int index = 0; index < starts.Length; index++)
        {
            int axis = call.FromFront(axes[index], x.Rank);
            (long start, long end) = Bounds(starts[index], ends[index], steps[index], x.Shape[axis]);
            long count = steps[index] > 0 ? (end - start + steps[index] - 1) / steps[index] : (start - end - steps[index] - 1) / -steps[index];
            x = x.Steps(axis, start, (int)Math.Max(0, count), steps[index]);
        }

        return x;
    }

    private static long[] LongsOf(NodeCall call, string name) => [.. (call.Ints(name) ?? throw call.Error($"expects '{name}'")).Select(value => (long)value)];

    private static (long Start, long End) Bounds(long start, long end, long step, long size)
    {
        start = start < 0 ? start + size : start;
        end = end < -size && step < 0 ? -1 : end < 0 ? end + size : end;
        return step > 0
            ? (Math.Clamp(start, 0, size), Math.Clamp(end, 0, size))
            : (Math.Clamp(start, -1, size - 1), Math.Clamp(end, -1, size - 1));
    }

    private static Tensor?[] Split(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", 0, x.Rank);
        int[]? sizes = call.Ints("split") ?? (call.Optional(1) is null ? null : call.Sizes(1));
        if (sizes is null)
        {
            int parts = (int)call.Int("num_outputs", call.Outputs);
            int each = (x.Shape[axis] + parts - 1) / parts;
            sizes = [.. Enumerable.Range(0, parts).Select(part => Math.Clamp(x.Shape[axis] - (part * each), 0, each))];
        }

        int start = 0;
        return [.. sizes.Select(size =>
        {
            Tensor part = x.Slice(axis, start, size);
            start += size;
            return part;
        })];
    }

    private static Tensor Squeeze(NodeCall call)
    {
        Tensor x = call[0];
        int[]? axes = call.Ints("axes") ?? (call.Optional(1) is null ? null : call.Sizes(1));
        HashSet<int> gone = [.. axes is null
            ? Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis] == 1)
            : axes.Select(axis => call.FromFront(axis, x.Rank))];
        return x.Reshape([.. x.Shape.Where((_, axis) => !gone.Contains(axis))]);
    }

    private static Tensor Unsqueeze(NodeCall call)
    {
        Tensor x = call[0];
        int[] axes = call.Ints("axes") ?? call.Sizes(1);
        int rank = x.Rank + axes.Length;
        HashSet<int> added = [.. axes.Select(axis => call.FromFront(axis, rank))];
        Queue<int> sizes = new(x.Shape);
        return x.Reshape([.. Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : sizes.Dequeue())]);
    }

    private static Tensor Tile(NodeCall call)
    {
        Tensor x = call[0];
        int[] repeats = call.Opset < 6 && call.Count > 2
            ? [.. Enumerable.Range(0, x.Rank).Select(axis => axis == (int)call.Numbers(2)[0] ? (int)call.Numbers(1)[0] : 1)]
            : call.Sizes(1);
        for (int axis = 0; axis < repeats.Length; axis++)
        {
            x = repeats[axis] switch
            {
                0 => x.Slice(axis, 0, 0),
                1 => x,
                _ => ShapeOps.Concatenate(axis, [.. Enumerable.Repeat(x, repeats[axis])]),
            };
        }

        return x;
    }

    private static Tensor Triangle(NodeCall call)
    {
        Tensor x = call[0];
        double diagonal = call.Optional(1) is { ElementCount: > 0 } ? call.Longs(1)[0] : 0;
        Tensor distance = Tensor.Range(x.Shape[-1]).To(DataType.Float64) - Tensor.Range(x.Shape[-2]).To(DataType.Float64).Reshape(x.Shape[-2], 1);
        Tensor kept = call.Flag("upper", true) ? distance.GreaterOrEqual(diagonal) : distance.LessOrEqual(diagonal);
        return kept.BroadcastTo(x.Shape).Where(x, Tensor.Zeros(x.Shape, x.DataType));
    }
}
