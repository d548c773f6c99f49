namespace Nabla.Graphs.Passes;

/// <summary>Drops nodes whose results nobody reads.</summary>
internal static class DeadCodePass
{
    /// <summary>The graph without what does not count.</summary>
    public static Graph DropDeadCode(this Graph graph)
    {
        HashSet<Value> needed = new(graph.Kept, ReferenceEqualityComparer.Instance);
        List<Node> living = [];
        foreach (Node node in graph.Nodes.Reverse())
        {
            if (node.Results.Any(needed.Contains))
            {
                needed.UnionWith(node.Inputs);
                living.Add(node);
            }
        }

        living.Reverse();
        return new Graph(graph.Arguments, living, graph.Outputs, graph.Writes);
    }
}
