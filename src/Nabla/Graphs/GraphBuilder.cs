using Nabla.Ops;

namespace Nabla.Graphs;

/// <summary>Collects nodes.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Node> nodes = [];

    /// <summary>The nodes so far.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>Adds a node that applies an op.</summary>
    public IReadOnlyList<Result> Add(Op op, params Value[] inputs) => Add(op, inputs, op.Infer([.. inputs.Select(input => input.Type)]));

    /// <summary>Adds a node whose result types are known.</summary>
    public IReadOnlyList<Result> Add(Op op, Value[] inputs, TensorType[] types)
    {
        Node node = new(op, inputs, types);
        nodes.Add(node);
        return node.Results;
    }

    /// <summary>Adds a node as it is.</summary>
    public void Keep(Node node) => nodes.Add(node);
}
