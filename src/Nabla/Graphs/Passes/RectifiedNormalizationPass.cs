using Nabla.Ops.Elementwise;
using Nabla.Ops.Normalizations;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Gives batch normalisations in training the rectifier behind them, and their gradients the gate before them: the same bits with fewer walks over memory.
/// </summary>
internal static class RectifiedNormalizationPass
{
    /// <summary>The same computation with rectifiers within normalisations.</summary>
    public static Graph RectifyNormalizations(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            BatchNormalization { Relu: false } op when readers.IsReadOnce(node.Results[0]) && readers.Of(node.Results[0])[0].Op is Unary<Relu>
                => builder.Add(op with { Relu = true }, inputs),

            // What is rectified already.
            Unary<Relu> when inputs[0] is Result { Index: 0, Node.Op: BatchNormalization { Relu: true } } => inputs,
            BatchNormalizationGradient { Gated: false } op when readers.IsReadOnce(node.Inputs[4]) && inputs[4] is Result { Node: { Op: Binary<Gate> } gate }
                && gate.Inputs.All(input => input.Type == inputs[0].Type)
                => builder.Add(op with { Gated = true }, [.. inputs[..4], .. gate.Inputs]),
            _ => null,
        });
    }
}
