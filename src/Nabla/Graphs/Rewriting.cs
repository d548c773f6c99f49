namespace Nabla.Graphs;

/// <summary>What a pass does with a node.</summary>
/// <param name="node">The node, as it was.</param>
/// <param name="inputs">Its inputs in the new graph.</param>
/// <param name="graph">Where new nodes go.</param>
/// <returns>What stands for the node's results in the new graph; null to keep the node.</returns>
internal delegate IReadOnlyList<Value>? RewriteRule(Node node, Value[] inputs, GraphBuilder graph);

/// <summary>Makes a graph from another, node by node.</summary>
internal static class Rewriting
{
    /// <summary>Applies a rule to each node in order.</summary>
    public static Graph Rewrite(this Graph graph, RewriteRule rule)
    {
        GraphBuilder builder = new();
        Dictionary<Value, Value> moved = new(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            Value[] inputs = [.. node.Inputs.Select(Moved)];
            IReadOnlyList<Value> results = rule(node, inputs, builder) ?? Kept(node, inputs, builder);
            for (int index = 0; index < results.Count; index++)
            {
                moved[node.Results[index]] = results[index];
            }
        }

        return new Graph(graph.Arguments, builder.Nodes, [.. graph.Outputs.Select(Moved)], [.. graph.Writes.Select(write => write with { Value = Moved(write.Value) })]);

        Value Moved(Value value) => moved.GetValueOrDefault(value, value);
    }

    private static IReadOnlyList<Result> Kept(Node node, Value[] inputs, GraphBuilder builder)
    {
        if (!inputs.AsSpan().SequenceEqual(node.Inputs.ToArray()))
        {
            return builder.Add(node.Op, inputs, [.. node.Results.Select(result => result.Type)]);
        }

        builder.Keep(node);
        return node.Results;
    }
}
