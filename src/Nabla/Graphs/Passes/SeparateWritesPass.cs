using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>Gives each cell memory of its own: what is written to two cells, or given back as well, or not computed by the graph, is copied.</summary>
internal static class SeparateWritesPass
{
    /// <summary>The same computation, where the memory of each written value is nobody else's.</summary>
    public static Graph SeparateWrites(this Graph graph)
    {
        HashSet<Value> taken = new(graph.Outputs.Select(MemoryPlan.Root), ReferenceEqualityComparer.Instance);
        GraphBuilder builder = new();
        foreach (Node node in graph.Nodes)
        {
            builder.Keep(node);
        }

        CellWrite[] writes = [.. graph.Writes.Select(write => MemoryPlan.Root(write.Value) is Result root && taken.Add(root)
            ? write
            : write with { Value = builder.Add(new Copy(), write.Value)[0] })];
        return new Graph(graph.Arguments, builder.Nodes, graph.Outputs, writes);
    }
}
