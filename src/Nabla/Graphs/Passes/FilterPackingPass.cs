using Nabla.Backends.Cpu.Convolution;
using Nabla.Ops.Convolutions;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Lays out the weights of convolutions once instead of in each run where they are steady. It is for the few results of single images or late layers,
/// which cost no more than packing the weights does; for many it would only take memory.
/// </summary>
internal static class FilterPackingPass
{
    private const long MostPixels = 4096;

    /// <summary>The same function, with weights packed by ops of their own.</summary>
    public static Graph PackFilters(this Graph graph)
    {
        Steadiness steady = new(graph.Writes);
        return graph.Rewrite((node, inputs, builder) => IsWorthwhile(node) && steady.Holds(inputs[1]) && !steady.Holds(node)
            && FilterPackingKernels.PackingOf(node.Op, inputs[0].Type, inputs[1].Type.Shape) is { } packing
                ? builder.Add(new PackedConvolution(node.Op, packing, inputs[1].Type.Shape), [inputs[0], builder.Add(packing, inputs[1])[0], .. inputs[2..]])
                : null);
    }

    private static bool IsWorthwhile(Node node) => node.Op is Convolution or PooledConvolution && node.Results[0].Type.Shape is var shape
        && shape.ElementCount / Math.Max(1, shape[3]) <= MostPixels;
}
