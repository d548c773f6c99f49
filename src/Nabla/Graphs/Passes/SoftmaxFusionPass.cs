using Nabla.Ops.Elementwise;
using Nabla.Ops.Indexing;
using Nabla.Ops.Losses;
using Nabla.Ops.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Makes the fused softmax and cross-entropy of what was written by hand, forward and backward: the logarithm of a softmax, and of that the entry that
/// an index or a one-hot row chooses. The results are sharper than the plain form's, not of the same bits.
/// </summary>
internal static class SoftmaxFusionPass
{
    private static readonly SoftmaxCrossEntropy Loss = new(0, null);

    /// <summary>The same computation with fused losses.</summary>
    public static Graph FuseSoftmax(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Unary<Log> when inputs[0] is Result { Node: { Op: Softmax softmax } made } => builder.Add(new LogSoftmax(softmax.Axis), made.Inputs[0]),
            SoftmaxGradient gradient => OfLogarithm(gradient, inputs, builder),
            Sum sum => Chosen(node, sum, inputs[0], readers, builder),
            TakeAlongAxis take => Taken(take, node, inputs, readers, builder),
            LogSoftmaxGradient gradient => Spread(gradient, inputs, builder),
            _ => null,
        });
    }

    // Of log(y): the cotangent of y is g / y.
    private static IReadOnlyList<Value>? OfLogarithm(SoftmaxGradient gradient, Value[] inputs, GraphBuilder builder) =>
        inputs is [Result { Node: { Op: Softmax } softmax } y, Result { Node: { Op: Binary<Divide>, Inputs: [{ } cotangent, { } divisor] } }] && divisor == y
            ? builder.Add(
                new LogSoftmaxGradient(gradient.Axis),
                builder.Add(new LogSoftmax(gradient.Axis), softmax.Inputs[0])[0],
                cotangent.Type == y.Type ? cotangent : builder.Add(new BroadcastTo(y.Type.Shape), cotangent)[0])
            : null;

    // The sum of a row times a one-hot row is the element that the index names.
    private static IReadOnlyList<Value>? Chosen(Node node, Sum sum, Value input, Readers readers, GraphBuilder builder)
    {
        if (!readers.IsReadOnce(node.Inputs[0]) || sum.Axes.Rank != 1 || sum.Axes[0] != input.Type.Shape.Rank - 1
            || OneHotTimes(input) is not var (indices, row) || row.Type != input.Type || !IsLogSoftmax(row))
        {
            return null;
        }

        return builder.Add(new TakeAlongAxis(sum.Axes[0]), row, builder.Add(new Reshape(node.Results[0].Type.Shape), indices)[0]);
    }

    private static (Value Indices, Value Row)? OneHotTimes(Value value)
    {
        if (value is not Result { Node: { Op: Binary<Multiply>, Inputs: [{ } left, { } right] } })
        {
            return null;
        }

        return left is Result { Node: { Op: OneHot, Inputs: [{ } chosen] } } ? (chosen, right)
            : right is Result { Node: { Op: OneHot, Inputs: [{ } named] } } ? (named, left)
            : null;
    }

    private static bool IsLogSoftmax(Value value) => value is Result { Node.Op: LogSoftmax log } && log.Axis == value.Type.Shape.Rank - 1;

    private static IReadOnlyList<Value>? Taken(TakeAlongAxis take, Node node, Value[] inputs, Readers readers, GraphBuilder builder)
    {
        bool fits = IsLogSoftmax(inputs[0]) && take.Axis == inputs[0].Type.Shape.Rank - 1 && IsLabel(inputs[1])
            && !readers.Keeps(node.Inputs[0]) && readers.Of(node.Inputs[0]).All(reader => reader == node || reader.Op is LogSoftmaxGradient);
        if (!fits)
        {
            return null;
        }

        Value logits = ((Result)inputs[0]).Node.Inputs[0];
        Result loss = builder.Add(Loss, logits, Labels(inputs[1], builder))[0];
        return builder.Add(new Unary<Negate>(default), builder.Add(new Reshape(node.Results[0].Type.Shape), loss)[0]);
    }

    private static bool IsLabel(Value indices) => indices.Type is { DataType: DataType.Int32, Shape: { Rank: > 0 } shape } && shape[-1] == 1;

    private static Value Labels(Value indices, GraphBuilder builder) => builder.Add(new Reshape(indices.Type.Shape.Without(-1)), indices)[0];

    private static IReadOnlyList<Value>? Spread(LogSoftmaxGradient gradient, Value[] inputs, GraphBuilder builder)
    {
        if (!IsLogSoftmax(inputs[0]) || gradient.Axis != inputs[0].Type.Shape.Rank - 1 || Scattered(inputs[1], builder) is not var (scales, indices) || !IsLabel(indices))
        {
            return null;
        }

        Value logits = ((Result)inputs[0]).Node.Inputs[0];
        Value labels = Labels(indices, builder);
        Result negative = builder.Add(new Unary<Negate>(default), builder.Add(new Reshape(labels.Type.Shape), scales)[0])[0];
        return builder.Add(new SoftmaxCrossEntropyGradient(0, null), logits, builder.Add(Loss, logits, labels)[1], labels, negative);
    }

    // The cotangent of a choice: a number for each row at the place that the index names.
    private static (Value Scales, Value Indices)? Scattered(Value cotangent, GraphBuilder builder)
    {
        if (cotangent is Result { Node: { Op: AddAlongAxis along, Inputs: [{ } numbers, { } places] } } && along.Axis == cotangent.Type.Shape.Rank - 1)
        {
            return (numbers, places);
        }

        if (OneHotTimes(cotangent) is not var (indices, scales) || indices.Type.DataType != DataType.Int32)
        {
            return null;
        }

        Shape row = cotangent.Type.Shape.With(-1, 1);
        Value column = builder.Add(new Reshape(row), indices)[0];
        Value repeated = scales.Type == cotangent.Type ? scales : builder.Add(new BroadcastTo(cotangent.Type.Shape), scales)[0];
        return scales.Type.Shape == row ? (scales, column) : (builder.Add(new TakeAlongAxis(row.Rank - 1), repeated, column)[0], column);
    }
}
