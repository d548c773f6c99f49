using Nabla.Graphs;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Indexing;
using Nabla.Ops.Normalizations;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;
using Nabla.Ops.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla.Compression;

/// <summary>
/// Follows channels through the ops of a graph, such as that of an imported model. Each axis of each value has its channels, or is fixed: those of the inputs and
/// outputs, and all that an op which stands in no rule here reads.
/// </summary>
/// <param name="sets">The channels of the network.</param>
/// <param name="label">What the graph is called in reasons.</param>
internal sealed class GraphChannels(ChannelSets sets, string label)
{
    private readonly Dictionary<Value, int[]?[]> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The channels that products make, with the name of what makes them.</summary>
    public List<(string Op, int[] Channels)> Made { get; } = [];

    /// <summary>The channels that products read.</summary>
    public List<int[]> Read { get; } = [];

    /// <summary>The channels of attributes that are sizes: the node, the place of the size in its attribute, and the attribute.</summary>
    public List<(Node Node, string Attribute, int? Place, int[] Channels)> Attributes { get; } = [];

    /// <summary>The channels of each axis of an argument that may lose some; null for a fixed axis.</summary>
    public int[]?[] Of(Value value) => known.TryGetValue(value, out int[]?[]? axes) ? axes : new int[]?[value.Type.Shape.Rank];

    /// <summary>Goes through a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">How many of its arguments are inputs; the others are parameters.</param>
    public void Follow(Graph graph, int inputs)
    {
        foreach (Argument parameter in graph.Arguments.Skip(inputs).Where(argument => argument.Type.DataType.IsFloating))
        {
            known[parameter] = [.. parameter.Type.Shape.Select(size => sets.Add(size))];
        }

        foreach (Node node in graph.Nodes)
        {
            int[]?[]? axes = Through(node);
            if (axes is null)
            {
                Fix(node.Inputs, $"{node.Op.Name} in {label} behind it reads all of them");
            }
            else
            {
                known[node.Results[0]] = axes;
            }
        }

        Fix(graph.Outputs, $"its channels are those of the output of {label}");
    }

    private void Fix(IEnumerable<Value> values, string reason)
    {
        foreach (int[] channels in values.SelectMany(Of).OfType<int[]>())
        {
            sets.Pin(channels, reason);
        }
    }

    // The channels of the first result; null where the op has no rule.
    private int[]?[]? Through(Node node) => node.Op switch
    {
        Convolution convolution => Convolve(node, convolution),
        PooledConvolution pooled => Convolve(node, pooled.Convolution),
        DenseProduct => Multiply(node, transposeLeft: false, transposeRight: false),
        MatMul product => Multiply(node, product.TransposeLeft, product.TransposeRight),
        ElementwiseOp => Broadcast(node),
        MaxPooling or AveragePooling or Copy or Cast => Of(node.Inputs[0]),
        Reduction reduction => Without(node, [.. reduction.Axes]),
        Softmax softmax => Whole(node, softmax.Axis),
        LogSoftmax softmax => Whole(node, softmax.Axis),
        RowNormalization => Whole(node, node.Inputs[0].Type.Shape.Rank - 1),
        Transpose transpose => [.. transpose.Axes.Select(axis => Of(node.Inputs[0])[axis])],
        Concatenate concatenate => Join(node, concatenate.Axis),
        Gather gather => Look(node, gather.Axis),
        Reshape => Reshaped(node),
        Pad pad => Move(node, axis => pad.Start[axis] == 0 && pad.Step[axis] == 1),
        Slice slice => Move(node, axis => slice.Start[axis] == 0 && slice.Step[axis] == 1),
        BroadcastTo => Repeat(node),
        _ => null,
    };

    private int[]?[]? Convolve(Node node, Convolution convolution)
    {
        (int[]?[] images, int[]?[] weights) = (Of(node.Inputs[0]), Of(node.Inputs[1]));
        int groups = convolution.Groups;
        int filters = node.Inputs[1].Type.Shape[3];
        if (groups != 1 && (groups != filters || groups != node.Inputs[0].Type.Shape[3]))
        {
            return null;
        }

        PinAxes(weights, 0, 1);
        PinAxes(images, 0, 1, 2);
        int[]? output = weights[3];
        if (groups == 1)
        {
            Make(node, weights[2], output);
            Unite(images[3], weights[2]);
        }
        else
        {
            PinAxes(weights, 2);
            Unite(images[3], output);
            Note(node, "groups", null, output);
        }

        foreach (Value added in node.Inputs.Skip(2))
        {
            Unite(Of(added)[^1], output);
            PinAxes(Of(added), [.. Enumerable.Range(0, added.Type.Shape.Rank - 1)]);
        }

        return [.. Enumerable.Repeat<int[]?>(null, node.Results[0].Type.Shape.Rank - 1), output];
    }

    private int[]?[]? Multiply(Node node, bool transposeLeft, bool transposeRight)
    {
        (int[]?[] left, int[]?[] right) = (Turned(Of(node.Inputs[0]), transposeLeft), Turned(Of(node.Inputs[1]), transposeRight));
        int rank = node.Results[0].Type.Shape.Rank;
        if (left.Length < 2 || right.Length < 2 || (right.Length > 2 && right.Length != left.Length))
        {
            return null;
        }

        Unite(left[^1], right[^2]);
        Make(node, right[^2], right[^1]);
        int[]?[] output = new int[]?[rank];
        for (int axis = 0; axis < rank - 2; axis++)
        {
            output[axis] = right.Length == 2 ? left[axis] : Both(left[axis], right[axis], node.Inputs[0].Type.Shape[axis], node.Inputs[1].Type.Shape[axis]);
        }

        (output[^2], output[^1]) = (left[^2], right[^1]);
        foreach (Value bias in node.Inputs.Skip(2))
        {
            Unite(Of(bias)[^1], output[^1]);
        }

        return output;
    }

    private int[]?[] Broadcast(Node node)
    {
        int rank = node.Results[0].Type.Shape.Rank;
        int[]?[] output = new int[]?[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int size = 0;
            foreach (Value input in node.Inputs.Where(input => axis >= rank - input.Type.Shape.Rank))
            {
                int place = axis - rank + input.Type.Shape.Rank;
                output[axis] = size == 0 ? Of(input)[place] : Both(output[axis], Of(input)[place], size, input.Type.Shape[place]);
                size = Math.Max(size, input.Type.Shape[place]);
            }
        }

        return output;
    }

    private int[]?[] Without(Node node, int[] axes)
    {
        int[]?[] output = [.. Of(node.Inputs[0])];
        PinAxes(output, axes);
        Array.ForEach(axes, axis => output[axis] = null);
        return output;
    }

    // An axis along which all channels are computed with together; what scales or shifts it goes with it.
    private int[]?[] Whole(Node node, int axis)
    {
        PinAxes(Of(node.Inputs[0]), axis < 0 ? axis + node.Inputs[0].Type.Shape.Rank : axis);
        Fix(node.Inputs.Skip(1), $"{node.Op.Name} in {label} computes with all channels of a row together");
        return Of(node.Inputs[0]);
    }

    private int[]?[] Join(Node node, int axis)
    {
        int[]?[] output = [.. Of(node.Inputs[0])];
        for (int place = 0; place < output.Length; place++)
        {
            int[]?[] parts = [.. node.Inputs.Select(input => Of(input)[place])];
            if (place != axis)
            {
                output[place] = parts.Skip(1).Aggregate(parts[0], (one, other) => Both(one, other, 2, 2));
            }
            else
            {
                output[place] = parts.Any(part => part is null) ? null : [.. parts.SelectMany(part => part!)];
                PinIf(output[place] is null, parts);
            }
        }

        return output;
    }

    private int[]?[] Look(Node node, int axis)
    {
        int[]?[] table = Of(node.Inputs[0]);
        PinAxes(table, axis);
        return [.. table[..axis], .. Of(node.Inputs[1]), .. table[(axis + 1)..]];
    }

    private int[]?[] Move(Node node, Func<int, bool> isPlain)
    {
        int[]?[] output = [.. Of(node.Inputs[0])];
        for (int axis = 0; axis < output.Length; axis++)
        {
            if (isPlain(axis) && node.Inputs[0].Type.Shape[axis] == node.Results[0].Type.Shape[axis])
            {
                Note(node, "size", axis, output[axis]);
            }
            else
            {
                PinAxes(output, axis);
                output[axis] = null;
            }
        }

        return output;
    }

    private int[]?[] Repeat(Node node)
    {
        Shape result = node.Results[0].Type.Shape;
        Shape shape = node.Inputs[0].Type.Shape;
        int[]?[] given = Of(node.Inputs[0]);
        int[]?[] output = new int[]?[result.Rank];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int place = axis + result.Rank - shape.Rank;
            output[place] = shape[axis] == result[place] ? given[axis] : null;
            PinIf(output[place] is null, given[axis]);
            Note(node, "shape", place, output[place]);
        }

        return output;
    }

    // Axes that stay, and several that become one; what is cut otherwise is fixed.
    private int[]?[] Reshaped(Node node)
    {
        (Shape from, Shape to) = (node.Inputs[0].Type.Shape, node.Results[0].Type.Shape);
        int[]?[] given = Of(node.Inputs[0]);
        int[]?[] output = new int[]?[to.Rank];
        if (from.ElementCount == 0)
        {
            Fix(node.Inputs, $"{label} makes another shape of no elements");
            return output;
        }

        (int read, int made) = (0, 0);
        while (read < from.Rank || made < to.Rank)
        {
            (int first, int place) = (read, made);
            int elements = read < from.Rank ? from[read++] : 1;
            int wanted = made < to.Rank ? to[made++] : 1;
            while (elements != wanted)
            {
                (elements, wanted) = elements < wanted ? (elements * from[read++], wanted) : (elements, wanted * to[made++]);
            }

            Group(node, given, (first, read), output, (place, made));
        }

        return output;
    }

    // Axes from a first to, not including, an end, as which the elements of the same number of axes are written.
    private void Group(Node node, int[]?[] given, (int First, int End) read, int[]?[] output, (int First, int End) made)
    {
        (Shape from, Shape to) = (node.Inputs[0].Type.Shape, node.Results[0].Type.Shape);
        int[] sources = [.. Enumerable.Range(read.First, read.End - read.First).Where(axis => from[axis] > 1)];
        int[] targets = [.. Enumerable.Range(made.First, made.End - made.First).Where(axis => to[axis] > 1)];
        int[] channels = [.. sources.Where(axis => given[axis] is not null)];
        if (targets.Length == 1 && channels.Length == 1)
        {
            int axis = channels[0];
            int inner = sources.Where(other => other > axis).Aggregate(1, (product, other) => product * from[other]);
            int[] ids = given[axis]!;
            output[targets[0]] = sources.Length == 1 ? ids : [.. Enumerable.Range(0, to[targets[0]]).Select(index => ids[index / inner % ids.Length])];
            Note(node, "shape", targets[0], output[targets[0]]);
        }
        else
        {
            PinAxes(given, channels);
        }

        PinAxes(given, [.. Enumerable.Range(read.First, read.End - read.First).Where(axis => from[axis] == 1)]);
    }

    private void Make(Node node, int[]? read, int[]? made)
    {
        if (made is not null)
        {
            Made.Add((node.Op.Name, made));
        }

        if (read is not null)
        {
            Read.Add(read);
        }
    }

    private void Note(Node node, string attribute, int? place, int[]? channels)
    {
        if (channels is not null)
        {
            Attributes.Add((node, attribute, place, channels));
        }
    }

    // The channels of an axis that two values have, or that is repeated for one of them.
    private int[]? Both(int[]? one, int[]? other, int sizeOfOne, int sizeOfOther)
    {
        if (sizeOfOne != sizeOfOther && (sizeOfOne == 1 || sizeOfOther == 1))
        {
            PinIf(true, sizeOfOne == 1 ? one : other);
            return sizeOfOne == 1 ? other : one;
        }

        Unite(one, other);
        return one is null || other is null ? null : one;
    }

    private void Unite(int[]? one, int[]? other)
    {
        if (one is not null && other is not null)
        {
            sets.Unite(one, other);
        }
        else
        {
            PinIf(true, one, other);
        }
    }

    private static int[]?[] Turned(int[]?[] axes, bool isTurned) => isTurned && axes.Length > 1 ? [.. axes[..^2], axes[^1], axes[^2]] : axes;

    private void PinAxes(int[]?[] axes, params int[] which) => PinIf(true, [.. which.Select(axis => axes[axis])]);

    private void PinIf(bool holds, params int[]?[] channels)
    {
        foreach (int[] fixedChannels in holds ? channels.OfType<int[]>() : [])
        {
            sets.Pin(fixedChannels, $"{label} computes with them in a fixed number");
        }
    }
}
