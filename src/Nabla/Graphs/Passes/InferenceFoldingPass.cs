using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Folds a factor and a shift of each channel, which is what a batch normalisation in use is, into the weights and the bias of the convolution or
/// matrix product before it. Both must be steady: an executable computes the folded weights when a cell has changed, not in each run.
/// </summary>
internal static class InferenceFoldingPass
{
    /// <summary>The same function with fewer ops; sums are of other products.</summary>
    public static Graph FoldInference(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        Steadiness steady = new(graph.Writes);
        return graph.Rewrite((node, inputs, builder) => node.Op is Binary<Add>
            ? Folded(node, inputs, 0, readers, steady, builder) ?? Folded(node, inputs, 1, readers, steady, builder)
            : null);
    }

    private static IReadOnlyList<Value>? Folded(Node node, Value[] inputs, int side, Readers readers, Steadiness steady, GraphBuilder builder)
    {
        if (node.Inputs[side] is not Result { Node: { Op: Binary<Multiply> } old } || inputs[side] is not Result { Node: { Op: Binary<Multiply> } scaled } product
            || !readers.IsReadOnce(node.Inputs[side]) || old.Inputs.Count != scaled.Inputs.Count || !Fits(inputs[1 - side], product, steady))
        {
            return null;
        }

        int sums = Fits(scaled.Inputs[1], product, steady) ? 0 : Fits(scaled.Inputs[0], product, steady) ? 1 : -1;
        if (sums < 0 || scaled.Inputs[sums].Type != node.Results[0].Type || !readers.IsReadOnce(old.Inputs[sums])
            || Layout.Source(old.Inputs[sums], scaled.Inputs[sums], readers) is not { Node: { } source } || !source.Inputs.Skip(1).All(steady.Holds))
        {
            return null;
        }

        return OpOf(source) is { } op
            ? Layout.Reshaped(builder.Add(op, Fold(source, scaled.Inputs[1 - sums], inputs[1 - side], builder)), node.Results[0].Type.Shape, builder)
            : null;
    }

    private static bool Fits(Value value, Value images, Steadiness steady) => Layout.IsPerChannel(value, images) && steady.Holds(value);

    private static Ops.Op? OpOf(Node source) => source.Op switch
    {
        Convolution { Relu: false, Residual: false } convolution => convolution,
        DenseProduct { Rectifies: false } product => product,
        MatMul { TransposeLeft: false, TransposeRight: false } when source.Inputs.All(input => input.Type.Shape.Rank == 2) => new DenseProduct(false),
        _ => null,
    };

    private static Value[] Fold(Node source, Value factor, Value shift, GraphBuilder builder)
    {
        (factor, shift) = (Layout.AsVector(factor, builder), Layout.AsVector(shift, builder));
        Value weights = builder.Add(new Binary<Multiply>(default), source.Inputs[1], factor)[0];
        Value bias = source.Inputs.Count > 2
            ? builder.Add(new Binary<Add>(default), builder.Add(new Binary<Multiply>(default), source.Inputs[2], factor)[0], shift)[0]
            : shift;
        return [source.Inputs[0], weights, bias];
    }
}
