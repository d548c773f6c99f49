namespace Nabla.Graphs.Passes;

/// <summary>The passes in the order in which they help each other.</summary>
internal static class Optimization
{
    private const int MostRounds = 8;

    /// <summary>The graph after all passes; optimising it once more changes nothing.</summary>
    /// <param name="graph">What was traced.</param>
    /// <param name="exact">Whether only passes that keep the bits run; null for what <see cref="Numerics.Exact"/> says.</param>
    public static Graph Optimize(this Graph graph, bool? exact = null)
    {
        bool keepsBits = exact ?? Numerics.Exact;
        Graph result = graph.DropDeadCode();
        for (int round = 0; round < MostRounds; round++)
        {
            Graph before = result;
            result = Rewrite(before, keepsBits);
            if (IsSame(before, result))
            {
                break;
            }
        }

        return result.FuseElementwise().JoinOptimizerSteps();
    }

    private static Graph Rewrite(Graph graph, bool keepsBits)
    {
        Graph result = graph.FoldConstants().Simplify().MoveTransposes().ShareCommonSubexpressions().DropDeadCode();
        result = keepsBits ? result : result.FuseSoftmax().FuseNormalization().DropDeadCode().FoldInference().DropDeadCode();
        result = result.FuseEpilogues().RectifyNormalizations().DropDeadCode();
        return keepsBits ? result : result.MultiplyRowsOnce().DropDeadCode().PoolConvolutions().OrderQuantization().DropDeadCode().MultiplyQuantized().MultiplyQuantizedStates().DropDeadCode()
            .MultiplyTables().DropDeadCode().DropUnreadGates();
    }

    private static bool IsSame(Graph left, Graph right) => left.Nodes.Select(node => node.Op).SequenceEqual(right.Nodes.Select(node => node.Op));
}
