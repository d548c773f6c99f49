using Nabla.Graphs;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;

namespace Nabla.Onnx.Export.Translations;

/// <summary>The product that makes the projected inputs of a recurrence, where they are one: <c>x kernel</c> or <c>x kernel + bias</c>.</summary>
/// <param name="Input">x, <c>[batch, time, features]</c>.</param>
/// <param name="Kernel">The kernel <c>[features, gates * units]</c>.</param>
/// <param name="KernelName">What the kernel should be called.</param>
/// <param name="Bias">The bias; null for none.</param>
/// <param name="Nodes">The nodes that it is.</param>
internal sealed record RecurrentProjection(Value Input, Tensor Kernel, string KernelName, Tensor? Bias, IReadOnlyList<Node> Nodes)
{
    /// <summary>The nodes that recurrences of a graph are written with, and nobody else reads.</summary>
    public static HashSet<Node> Absorbed(GraphTranslator graph) =>
    [
        .. graph.Graph.Graph.Nodes.Where(node => node.Op is Recurrence)
            .SelectMany(node => Of(graph, node.Inputs[0])?.Nodes ?? [])
            .Where(node => graph.Readers.IsReadOnce(node.Results[0])),
    ];

    /// <summary>The product that makes a value; without one a product with ones, which changes nothing.</summary>
    public static RecurrentProjection OrIdentity(GraphTranslator graph, Value projected) => Of(graph, projected)
        ?? new(projected, Tensor.Eye(projected.Type.Shape[2], dataType: projected.Type.DataType), "projection", null, []);

    private static RecurrentProjection? Of(GraphTranslator graph, Value projected)
    {
        if (projected is Result { Node: { Op: Binary<Add>, Inputs: [Result sum, { } shift] } added } && graph.Baking.Of(shift) is { } bias
            && bias.ElementCount == projected.Type.Shape[2] && Product(graph, sum) is { } product)
        {
            return product with { Bias = bias.Reshape(-1), Nodes = [added, .. product.Nodes] };
        }

        return projected is Result result ? Product(graph, result) : null;
    }

    private static RecurrentProjection? Product(GraphTranslator graph, Result value) =>
        value.Node is { Op: MatMul { TransposeLeft: false, TransposeRight: false }, Inputs: [{ } input, { } kernel] } && input.Type.Shape.Rank == 3
            && graph.Baking.Of(kernel) is { Rank: 2 } weights
            ? new(input, weights, Baking.NameOf(kernel), null, [value.Node])
            : null;
}
