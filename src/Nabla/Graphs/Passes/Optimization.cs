namespace Nabla.Graphs.Passes;

/// <summary>The passes in the order in which they help each other.</summary>
internal static class Optimization
{
    private const int Rounds = 2;

    /// <summary>The graph after all passes.</summary>
    public static Graph Optimize(this Graph graph)
    {
        Graph result = graph.DropDeadCode();
        for (int round = 0; round < Rounds; round++)
        {
            result = result.Simplify().ShareCommonSubexpressions().DropDeadCode();
        }

        return result.FuseElementwise();
    }
}
