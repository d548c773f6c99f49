using Nabla.Graphs;
using Nabla.Graphs.Passes;

namespace Nabla.Onnx.Export;

/// <summary>The passes that a traced graph goes through before it is written: those that make it simpler, none that fuse what the format has no operator for.</summary>
internal static class ExportPasses
{
    private const int MostRounds = 8;

    /// <summary>The graph that is written.</summary>
    public static Graph Prepare(Graph graph)
    {
        Graph result = graph.DropDeadCode().ShareCommonSubexpressions().FuseSoftmax().FuseNormalization().DropDeadCode().FoldInference().DropDeadCode();
        for (int round = 0; round < MostRounds; round++)
        {
            int before = result.Nodes.Count;
            result = result.SinkReshapes().Simplify().DropDeadCode();
            if (result.Nodes.Count == before && round > 0)
            {
                break;
            }
        }

        return result.ShareCommonSubexpressions().DropDeadCode();
    }
}
