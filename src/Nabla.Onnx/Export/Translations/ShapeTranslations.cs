using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Ops.Shapes;

namespace Nabla.Onnx.Export.Translations;

/// <summary>What moves, repeats or converts elements.</summary>
internal static class ShapeTranslations
{
    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Reshape)] = Reshape,
        [typeof(Copy)] = node => Turned(node, (x, _) => x),
        [typeof(Cast)] = node => Turned(node, (x, _) => node.Write.Cast(x, ((Cast)node.Op).To)),
        [typeof(BroadcastTo)] = node => node.Give(node.Write.Add("Expand", [node.In(0), node.Sizes.Of(node.ResultShape())])),
        [typeof(CumulativeSum)] = node => node.Give(node.Write.Add(
            "CumSum", [node.In(0), node.Model.Scalar(((CumulativeSum)node.Op).Axis, DataType.Int64)], Attributes.Flag("reverse", ((CumulativeSum)node.Op).FromEnd))),
        [typeof(Transpose)] = Transpose,
        [typeof(Slice)] = Slice,
        [typeof(Pad)] = Pad,
        [typeof(Flip)] = Flip,
        [typeof(Concatenate)] = Concatenate,
    };

    /// <summary>Writes a node of one input in the form in which that stands; the translation is given its name and form.</summary>
    private static void Turned(NodeExport node, Func<string, Shape, string> write)
    {
        Shape form = FormOf(node);
        node.Give(write(node.In(0, form), form), form);
    }

    private static Shape FormOf(NodeExport node) => node.Values.FormOf(node.Inputs[0]) ?? StoredValues.Natural(node.Inputs[0].Type.Shape.Rank);

    // The values of a transposed tensor are those of the other one in another form.
    private static void Transpose(NodeExport node)
    {
        Shape axes = ((Transpose)node.Op).Axes;
        if (node.Values.FormOf(node.Inputs[0]) is { } form)
        {
            int[] places = [.. form.Select(axis => axes.ToList().IndexOf(axis))];
            node.Give(node.In(0, form), places);
            return;
        }

        node.Give(node.Write.Transpose(node.In(0), axes));
    }

    private static void Reshape(NodeExport node)
    {
        FreeShape result = node.ResultShape();
        if (Flattened(node) is { } images)
        {
            node.Values.Define(node.Node.Results[0], images);
            return;
        }

        if (KeepsChannels(node, result))
        {
            OfImages(node, node.Shape(0), result);
            return;
        }

        (string name, FreeShape shape) = node.Values.InOrder(node.Inputs[0]);
        node.Give(shape.Equals(result) ? name : node.Write.Add("Reshape", [name, SizesFrom(node, shape, result)]));
    }

    // Sizes that stay at their axis are copied, and one more may be what is left; only if that is not enough they are computed.
    private static string SizesFrom(NodeExport node, FreeShape from, FreeShape to)
    {
        long[] sizes = [.. to.Select((size, axis) => size.Fixed ?? (axis < from.Count && from[axis].Equals(size) ? 0L : -1L))];
        return sizes.Count(size => size < 0) < 2 && to.All(size => size.Fixed != 0) ? node.Model.Integers(sizes) : node.Sizes.Of(to);
    }

    private static void OfImages(NodeExport node, FreeShape from, FreeShape to)
    {
        Shape form = ConvolutionTranslations.ChannelsFirst;
        string sizes = SizesFrom(node, [.. form.Select(axis => from[axis])], [.. form.Select(axis => to[axis])]);
        node.Give(node.Write.Add("Reshape", [node.In(0, form), sizes]), form);
    }

    // Rows and columns that become others stay in order whether the channels stand before or behind them.
    private static bool KeepsChannels(NodeExport node, FreeShape result)
    {
        FreeShape images = node.Shape(0);
        return node.Rank == ConvolutionTranslations.ChannelsFirst.Rank && node.Values.FormOf(node.Inputs[0]) == ConvolutionTranslations.ChannelsFirst
            && images[0].Equals(result[0]) && images[3].Equals(result[3]);
    }

    // Images that become rows can stay as they stand if the weights behind are turned around instead.
    private static FlatImages? Flattened(NodeExport node)
    {
        Value input = node.Inputs[0];
        if (input.Type.Shape.Rank != ConvolutionTranslations.ChannelsFirst.Rank || node.Rank != 2 || node.Values.FormOf(input) != ConvolutionTranslations.ChannelsFirst)
        {
            return null;
        }

        FreeShape images = node.Shape(0);
        bool rows = node.ResultShape()[0].Equals(images[0]) && images.Skip(1).All(size => size.Fixed is not null);
        string name = node.In(0, ConvolutionTranslations.ChannelsFirst);
        return rows && (images[1].Fixed != 1 || images[2].Fixed != 1)
            ? new FlatImages(name, node.Write.Reshape(name, 0, -1), [.. images.Skip(1).Select(size => size.Fixed!.Value)])
            : null;
    }

    private static void Slice(NodeExport node)
    {
        if (RecurrenceTranslation.TryLast(node))
        {
            return;
        }

        FreeShape start = node.Graph.Graph.ShapeOf<Slice>(node.Node, op => op.Start);
        FreeShape size = node.Graph.Graph.ShapeOf<Slice>(node.Node, op => op.Size);
        Shape step = ((Slice)node.Op).Step;
        FreeShape input = node.Shape(0);
        int[] axes = [.. Enumerable.Range(0, input.Count).Where(axis => start[axis].Fixed != 0 || step[axis] != 1 || !size[axis].Equals(input[axis]))];
        Turned(node, (x, form) => axes.Aggregate(x, (whole, axis) => node.Write.Add(
            "Slice",
            [whole, node.Sizes.Of(start[axis]), End(node, start[axis], size[axis], step[axis]), node.Model.Integers(form.ToList().IndexOf(axis)), node.Model.Integers(step[axis])])));
    }

    private static string End(NodeExport node, FreeSize start, FreeSize size, int step)
    {
        if (start.Fixed is { } first && size.Fixed is { } count)
        {
            return node.Model.Integers(count == 0 ? first : first + ((count - 1) * step) + 1);
        }

        // One past the last element: start + size * step is at most a step too far, and no further element lies there.
        string length = step == 1 ? node.Sizes.Of(size) : node.Write.Multiply(node.Sizes.Of(size), node.Model.Integers(step));
        return start.Fixed == 0 ? length : node.Write.Add(node.Sizes.Of(start), length);
    }

    private static void Pad(NodeExport node)
    {
        Pad pad = (Pad)node.Op;
        if (pad.Step.Any(step => step != 1))
        {
            throw node.Error("in steps has no operator in the format");
        }

        FreeShape start = node.Graph.Graph.ShapeOf<Pad>(node.Node, op => op.Start);
        (FreeShape from, FreeShape to) = (node.Shape(0), node.ResultShape());
        int[] before = [.. start.Select(size => size.Fixed ?? throw node.Error("begins at a place that depends on free sizes"))];
        int[] behind = [.. before.Select((first, axis) =>
            ((to[axis] - from[axis]).Fixed ?? throw node.Error($"adds to axis {axis} what depends on free sizes")) - first)];
        Turned(node, (x, form) => node.Write.Add(
            "Pad",
            [x, node.Model.Integers([.. form.Select(axis => (long)before[axis]), .. form.Select(axis => (long)behind[axis])]), node.Model.Scalar(pad.Value, node.DataType)]));
    }

    private static void Flip(NodeExport node) => Turned(node, (x, form) => ((Flip)node.Op).Axes.Aggregate(x, (whole, axis) => node.Write.Add(
        "Slice",
        [whole, node.Model.Integers(-1), node.Model.Integers(long.MinValue + 1), node.Model.Integers(form.ToList().IndexOf(axis)), node.Model.Integers(-1)])));

    private static void Concatenate(NodeExport node)
    {
        Shape form = node.Inputs.Select(node.Values.FormOf).FirstOrDefault(found => found is not null) ?? StoredValues.Natural(node.Rank);
        int axis = form.ToList().IndexOf(((Concatenate)node.Op).Axis);
        string[] parts = [.. Enumerable.Range(0, node.Inputs.Count)
            .Where(index => node.Shape(index).All(size => size.Fixed != 0)).Select(index => node.In(index, form))];
        node.Give(parts.Length == 1 ? parts[0] : node.Write.Add("Concat", parts, Attributes.Int("axis", axis)), form);
    }
}
