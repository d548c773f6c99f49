using Nabla.Ops.Indexing;
using Nabla.Ops.Quantization;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Multiplies a table of bytes once, and not each of its rows as often as it is looked up: the product of looked-up rows is the looked-up row of the product.
/// Sums of bytes are exact and each row has a scale of its own, so the bits are the same. Of float tables the rows that are looked up are multiplied once each, see <see cref="RepeatedRowsPass"/>.
/// </summary>
internal static class GatheredProductPass
{
    private const long MostBytes = 1 << 26;

    /// <summary>The same bits, with products of steady tables.</summary>
    public static Graph MultiplyTables(this Graph graph)
    {
        Steadiness steady = new(graph.Writes);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            QuantizedProduct { Window.Convolution: null, Residual: QuantizedResidual.None, GivesBytes: false } op => Multiplied(op, inputs, steady, builder),
            QuantizedRecurrence { LooksUp: false } op => Recurrent(op, inputs, steady, builder),
            _ => null,
        });
    }

    private static IReadOnlyList<Value>? Multiplied(QuantizedProduct op, Value[] inputs, Steadiness steady, GraphBuilder builder) =>
        Gathered.Of(inputs[0], steady) is { } bytes && Gathered.Of(inputs[4], steady) is { } scale && Gathered.Of(inputs[5], steady) is { } zeroPoint
        && scale.Indices == bytes.Indices && zeroPoint.Indices == bytes.Indices && bytes.Table.Type.Shape is { Rank: 2 } shape
        && scale.HasOneEach(shape[0]) && zeroPoint.HasOneEach(shape[0]) && shape[1] == inputs[0].Type.Shape[1]
        && shape[0] * (long)op.Window.Outputs * sizeof(float) <= MostBytes
        && inputs.Where((_, place) => place is not (0 or 4 or 5)).All(steady.Holds)
            ? LookUp(builder.Add(op, [bytes.Table, .. inputs[1..4], scale.Table, zeroPoint.Table, .. inputs[6..]])[0], bytes.Indices, builder)
            : null;

    // Steps that read looked-up rows look them up themselves.
    private static IReadOnlyList<Value>? Recurrent(QuantizedRecurrence op, Value[] inputs, Steadiness steady, GraphBuilder builder) =>
        Gathered.Of(inputs[0], steady) is { Table.Type.Shape: { Rank: 2 } shape } rows && inputs[0].Type.Shape is var steps && shape[1] == steps[2]
            ? builder.Add(op with { LooksUp = true }, [rows.Table, .. inputs[1..], builder.Add(new Reshape([steps[0], steps[1]]), rows.Indices)[0]])
            : null;

    private static IReadOnlyList<Value> LookUp(Value table, Value indices, GraphBuilder builder) =>
        builder.Add(new Gather(0), table, builder.Add(new Reshape([indices.Type.Shape.ElementCount]), indices)[0]);

    /// <summary>Rows that were looked up in a table.</summary>
    private sealed record Gathered(Value Table, Value Indices)
    {
        /// <summary>The rows that a value is, in whatever shape; null for another value, or a table that is not steady.</summary>
        public static Gathered? Of(Value value, Steadiness steady) => value switch
        {
            Result { Node: { Op: Gather { Axis: 0 } } node } when steady.Holds(node.Inputs[0]) && !steady.Holds(node.Inputs[1]) => new(node.Inputs[0], node.Inputs[1]),
            Result { Node: { Op: Reshape } node } => Of(node.Inputs[0], steady),
            _ => null,
        };

        /// <summary>Whether the table has one number for each row of one with so many.</summary>
        public bool HasOneEach(int rows) => Table.Type.Shape is { Rank: 1 } shape && shape[0] == rows;
    }
}
