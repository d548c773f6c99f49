using Nabla.Graphs;
using Nabla.Ops.Convolutions;

namespace Nabla.Onnx.Export;

/// <summary>Makes a convolution and a pooling of what layers compute as one: the format has an operator for each.</summary>
internal static class PoolingSplitPass
{
    /// <summary>The same computation with two ops for one.</summary>
    public static Graph SplitPooling(this Graph graph) => graph.Rewrite((node, inputs, builder) => node.Op is PooledConvolution op
        ? builder.Add(op.Pooling, builder.Add(op.Convolution, inputs)[0])
        : null);
}
