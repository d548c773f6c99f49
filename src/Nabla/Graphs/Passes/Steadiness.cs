namespace Nabla.Graphs.Passes;

/// <summary>Tells what is the same in each run as long as nobody sets a cell: what is computed from constants and cells that the graph does not write.</summary>
internal sealed class Steadiness(IEnumerable<CellWrite> writes)
{
    private readonly HashSet<Cell> written = [.. writes.Select(write => write.Cell)];
    private readonly Dictionary<Node, bool> known = [];

    /// <summary>Whether a value is steady.</summary>
    public bool Holds(Value value) => value switch
    {
        Constant => true,
        CellValue cell => !written.Contains(cell.Cell),
        Result result => Holds(result.Node),
        _ => false,
    };

    /// <summary>Whether the results of a node are steady.</summary>
    public bool Holds(Node node)
    {
        if (!known.TryGetValue(node, out bool holds))
        {
            known[node] = holds = !node.Op.IsSymbolic && node.Inputs.All(Holds);
        }

        return holds;
    }
}
