using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Pooling;
using Nabla.Ops.Reductions;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Makes one op of a convolution and the max-pooling of its results, forward and backward: what layers do when they meet, in any graph. Backward the
/// cotangent of the pooling is not spread over zeros, which adds the same numbers in another order.
/// </summary>
internal static class PooledConvolutionPass
{
    /// <summary>The same computation without the convolutions' full results where nobody else reads them.</summary>
    public static Graph PoolConvolutions(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            MaxPooling pooling => Pooled(node, pooling, inputs[0], readers, builder),
            Binary<Gate> => Gated(inputs, builder),
            ConvolutionInputGradient { Forward: var forward } gradient when Spread(inputs[0], forward) is var (op, spread)
                => builder.Add(new PooledConvolutionInputGradient(op, gradient.Images), spread.Inputs[0], spread.Inputs[1], inputs[1]),
            ConvolutionWeightGradient { Forward: var forward } gradient when Spread(inputs[1], forward) is var (op, spread)
                => builder.Add(new PooledConvolutionWeightGradient(op, gradient.Weights), inputs[0], spread.Inputs[0], spread.Inputs[1]),
            Sum sum when sum.Axes.SequenceEqual([0, 1, 2]) && inputs[0] is Result { Node: { Op: MaxPoolingGradient } spread }
                => builder.Add(sum, spread.Inputs[0]),
            _ => null,
        });
    }

    private static bool IsWorthwhile(MaxPooling pooling) =>
        pooling.Window is { StrideY: > 1, StrideX: > 1 } && pooling.Size is { Height: <= 64, Width: <= 64 } size && size.Height * size.Width <= 64;

    private static IReadOnlyList<Value>? Pooled(Node node, MaxPooling pooling, Value input, Readers readers, GraphBuilder builder) =>
        IsWorthwhile(pooling) && readers.IsReadOnce(node.Inputs[0]) && input is Result { Node: { Op: Convolution { Residual: false } convolution } source }
            ? builder.Add(new PooledConvolution(convolution, pooling), [.. source.Inputs])
            : null;

    // Where the largest of a window is positive, the element that was chosen is.
    private static IReadOnlyList<Value>? Gated(Value[] inputs, GraphBuilder builder)
    {
        if (inputs is not [Result { Node: { Op: MaxPoolingGradient gradient } spread }, { } images]
            || spread.Inputs[1] is not Result { Index: 1, Node: { Op: MaxPooling, Inputs: [{ } pooled] } pooling } taps || pooled != images)
        {
            return null;
        }

        Result gated = builder.Add(new Binary<Gate>(default), spread.Inputs[0], pooling.Results[0])[0];
        return builder.Add(gradient, gated, taps);
    }

    private static (PooledConvolution Op, Node Spread)? Spread(Value cotangent, Convolution forward) =>
        cotangent is Result { Node: { Op: MaxPoolingGradient gradient } spread } && IsWorthwhile(gradient.Forward) && spread.Inputs[1].Type.DataType == DataType.UInt8
            ? (new PooledConvolution(forward, gradient.Forward), spread)
            : null;
}
