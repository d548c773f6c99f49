using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Shapes;

namespace Nabla.Onnx.Export;

/// <summary>
/// Moves reshapes that keep the last axis, such as that of a batch of sequences to rows, behind what works on rows, so that they meet those that go back:
/// the format's products take all axes before the last two as a batch.
/// </summary>
internal static class RowsPass
{
    /// <summary>The same computation with such reshapes later.</summary>
    public static Graph SinkReshapes(this Graph graph) => graph.Rewrite((node, inputs, builder) => node.Op switch
    {
        MatMul { TransposeLeft: false } product when inputs[1].Type.Shape.Rank == 2 && Merged(inputs[0]) is { } x =>
            Again(node, builder.Add(product, x, inputs[1])[0], builder),
        DenseProduct product when Merged(inputs[0]) is { } x => Again(node, Dense(product, x, inputs, builder), builder),
        Reshape when inputs[0] is Result { Node: { Op: Reshape, Inputs: [{ } x] } } && x.Type.Shape == node.Results[0].Type.Shape => [x],
        ElementwiseOp => Elementwise(node, inputs, builder),
        _ => null,
    });

    // What a reshape that keeps the last axis is of.
    private static Value? Source(Value value) =>
        value is Result { Node: { Op: Reshape, Inputs: [{ } x] } } && x.Type.Shape.Rank > 1 && value.Type.Shape.Rank > 1 && x.Type.Shape[-1] == value.Type.Shape[-1] ? x : null;

    // The same where axes became one: where some of size 1 were dropped alone, rows are as good.
    private static Value? Merged(Value rows) => Source(rows) is { } x && x.Type.Shape.Count(IsWide) > rows.Type.Shape.Count(IsWide) ? x : null;

    private static bool IsWide(int size) => size != 1;

    private static IReadOnlyList<Value> Again(Node node, Result result, GraphBuilder builder) => builder.Add(new Reshape(node.Results[0].Type.Shape), result);

    private static Result Dense(DenseProduct product, Value x, Value[] inputs, GraphBuilder builder)
    {
        Result sum = builder.Add(new Binary<Add>(default), builder.Add(new MatMul(), x, inputs[1])[0], inputs[2])[0];
        return product.Rectifies ? builder.Add(new Unary<Relu>(default), sum)[0] : sum;
    }

    private static IReadOnlyList<Value>? Elementwise(Node node, Value[] inputs, GraphBuilder builder)
    {
        Shape shape = node.Results[0].Type.Shape;
        Value? source = inputs.Where(input => input.Type.Shape == shape).Select(Source).FirstOrDefault(found => found is not null);
        if (source is null)
        {
            return null;
        }

        Value[] sources = new Value[inputs.Length];
        for (int index = 0; index < inputs.Length; index++)
        {
            Value input = inputs[index];
            bool same = input.Type.Shape == shape && Source(input) is { } x && x.Type.Shape == source.Type.Shape;
            bool repeated = input.Type.Shape.Rank <= source.Type.Shape.Rank && (input.Type.Shape.ElementCount == 1 || Layout.IsPerChannel(input, node.Results[0]));
            if (!same && !repeated)
            {
                return null;
            }

            sources[index] = same ? Source(input)! : input;
        }

        return Again(node, builder.Add(node.Op, sources)[0], builder);
    }
}
