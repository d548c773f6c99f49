using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Replaces what has a simpler form of the same bits: reshapes of reshapes, transposes that undo each other, repetition that the reading op
/// does by itself, products with one.
/// </summary>
internal static class SimplificationPass
{
    /// <summary>The same computation with fewer nodes.</summary>
    public static Graph Simplify(this Graph graph) => graph.Rewrite((node, inputs, builder) => node.Op switch
    {
        Reshape reshape => Reshaped(reshape, inputs[0], builder),
        Transpose transpose => Transposed(transpose, inputs[0], builder),
        BroadcastTo broadcast when inputs[0].Type.Shape == broadcast.Shape => [inputs[0]],
        Cast cast when inputs[0].Type.DataType == cast.To => [inputs[0]],
        Unary<Negate> when inputs[0] is Result { Node: { Op: Unary<Negate> } inner } => [inner.Inputs[0]],
        Binary<Multiply> when IsOne(inputs[1]) && inputs[0].Type == node.Results[0].Type => [inputs[0]],
        Binary<Multiply> when IsOne(inputs[0]) && inputs[1].Type == node.Results[0].Type => [inputs[1]],
        Binary<Divide> when IsOne(inputs[1]) && inputs[0].Type == node.Results[0].Type => [inputs[0]],
        IBroadcastingOp => Unrepeated(node, inputs, builder),
        _ => null,
    });

    private static IReadOnlyList<Value>? Reshaped(Reshape reshape, Value input, GraphBuilder builder)
    {
        Value source = input is Result { Node: { Op: Reshape } inner } ? inner.Inputs[0] : input;
        if (source.Type.Shape == reshape.Shape)
        {
            return [source];
        }

        return source == input ? null : builder.Add(reshape, source);
    }

    private static IReadOnlyList<Value>? Transposed(Transpose transpose, Value input, GraphBuilder builder)
    {
        int[] axes = transpose.Axes.ToArray();
        Value source = input;
        if (input is Result { Node: { Op: Transpose first } inner })
        {
            axes = [.. axes.Select(axis => first.Axes[axis])];
            source = inner.Inputs[0];
        }

        if (axes.AsSpan().SequenceEqual([.. Enumerable.Range(0, axes.Length)]))
        {
            return [source];
        }

        return source == input ? null : builder.Add(new Transpose(axes), source);
    }

    // An elementwise op repeats its inputs by itself, so that a written-out repetition is needed only where it decides the shape.
    private static IReadOnlyList<Value>? Unrepeated(Node node, Value[] inputs, GraphBuilder builder)
    {
        Value[] sources = [.. inputs];
        for (int index = 0; index < sources.Length; index++)
        {
            if (sources[index] is Result { Node: { Op: BroadcastTo } repeated })
            {
                Value written = sources[index];
                sources[index] = repeated.Inputs[0];
                if (Common(sources) != node.Results[0].Type.Shape)
                {
                    sources[index] = written;
                }
            }
        }

        return sources.AsSpan().SequenceEqual(inputs) ? null : builder.Add(node.Op, sources);
    }

    private static Shape? Common(Value[] values) => values.Skip(1).Aggregate<Value, Shape?>(
        values[0].Type.Shape, (shape, value) => shape is null ? null : Shape.Broadcast(shape, value.Type.Shape));

    private static bool IsOne(Value value) => value is Constant { Type: { DataType.IsFloating: true, Shape.ElementCount: 1 } } constant && constant.Tensor.ToDouble() == 1;
}
