using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Gives matrix products and convolutions the bias and the rectifier behind them, which then work on results that are still in registers, and convolutions
/// what a shortcut brings. The sum is complete before the bias is added, and that before the shortcut, so the bits are those of the ops one by one.
/// </summary>
internal static class EpilogueFusionPass
{
    /// <summary>The same bits with fewer walks over memory.</summary>
    public static Graph FuseEpilogues(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Binary<Add> => Biased(node, inputs, 0, readers, builder) ?? Biased(node, inputs, 1, readers, builder)
                ?? Joined(node, inputs, 0, readers, builder) ?? Joined(node, inputs, 1, readers, builder),
            Unary<Relu> => Rectified(node, inputs[0], readers, builder),
            _ => null,
        });
    }

    private static IReadOnlyList<Value>? Biased(Node node, Value[] inputs, int side, Readers readers, GraphBuilder builder)
    {
        (Value sums, Value bias) = (inputs[side], inputs[1 - side]);
        if (sums.Type != node.Results[0].Type || !readers.IsReadOnce(node.Inputs[side]) || !Layout.IsPerChannel(bias, sums)
            || Layout.Source(node.Inputs[side], sums, readers) is not { } source)
        {
            return null;
        }

        (Ops.Op? op, Value[] read) = source.Node switch
        {
            { Op: MatMul { TransposeLeft: false, TransposeRight: false }, Inputs: [{ Type.Shape.Rank: 2 } x, { Type.Shape.Rank: 2 } kernel] }
                => (new DenseProduct(false), [x, kernel, Layout.AsVector(bias, builder)]),
            { Op: Convolution { Relu: false } convolution, Inputs: [{ } images, { } weights] }
                => (convolution, [images, weights, Layout.AsVector(bias, builder)]),
            _ => ((Ops.Op?)null, Array.Empty<Value>()),
        };
        return op is null ? null : Layout.Reshaped(builder.Add(op, read), sums.Type.Shape, builder);
    }

    private static IReadOnlyList<Value>? Joined(Node node, Value[] inputs, int side, Readers readers, GraphBuilder builder) =>
        inputs[side] is Result { Node: { Op: Convolution { Relu: false, Residual: false } convolution } source } sums
        && sums.Type == node.Results[0].Type && inputs[1 - side].Type == sums.Type && readers.IsReadOnce(node.Inputs[side])
        && convolution.MayAddResidual(source.Inputs[1].Type.Shape)
            ? builder.Add(convolution with { Residual = true }, [.. source.Inputs, inputs[1 - side]])
            : null;

    private static IReadOnlyList<Value>? Rectified(Node node, Value sums, Readers readers, GraphBuilder builder)
    {
        if (!readers.IsReadOnce(node.Inputs[0]) || Layout.Source(node.Inputs[0], sums, readers) is not { } source)
        {
            return null;
        }

        Ops.Op? op = source.Node.Op switch
        {
            DenseProduct { Rectifies: false } => new DenseProduct(true),
            Convolution { Relu: false } convolution => convolution with { Relu = true },
            _ => null,
        };
        return op is null ? null : Layout.Reshaped(builder.Add(op, [.. source.Node.Inputs]), sums.Type.Shape, builder);
    }
}
