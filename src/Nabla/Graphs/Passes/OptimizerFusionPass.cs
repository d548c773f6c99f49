using Nabla.Ops.Optimizers;

namespace Nabla.Graphs.Passes;

/// <summary>Joins the steps of an optimizer for single parameters into one op, whose pieces are cut over all parameters: many small ones cost one hand-over.</summary>
internal static class OptimizerFusionPass
{
    /// <summary>The same bits with one op for each kind of step.</summary>
    public static Graph JoinOptimizerSteps(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        Dictionary<(OptimizerStep, DataType), Node[]> groups = graph.Nodes
            .Where(node => node.Op is OptimizerStep && node.Results.All(result => readers.Of(result).Count == 0))
            .GroupBy(node => ((OptimizerStep)node.Op, node.Results[0].Type.DataType))
            .Where(group => group.Count() > 1)
            .ToDictionary(group => group.Key, group => group.ToArray());
        return groups.Count == 0 ? graph : Join(graph, groups);
    }

    private static Graph Join(Graph graph, Dictionary<(OptimizerStep, DataType), Node[]> groups)
    {
        HashSet<Node> joined = [.. groups.Values.SelectMany(group => group)];
        Dictionary<Value, Value> moved = new(ReferenceEqualityComparer.Instance);
        GraphBuilder builder = new();
        foreach (Node node in graph.Nodes.Where(node => !joined.Contains(node)))
        {
            builder.Keep(node);
        }

        foreach (((OptimizerStep step, DataType _), Node[] group) in groups)
        {
            IReadOnlyList<Result> results = builder.Add(new JointStep(step, group.Length), [.. group.SelectMany(node => node.Inputs)]);
            foreach ((Result old, Result result) in group.SelectMany(node => node.Results).Zip(results))
            {
                moved[old] = result;
            }
        }

        return new Graph(graph.Arguments, builder.Nodes, [.. graph.Outputs.Select(Moved)], [.. graph.Writes.Select(write => write with { Value = Moved(write.Value) })]);

        Value Moved(Value value) => moved.GetValueOrDefault(value, value);
    }
}
