using Nabla.Ops.Shapes;

namespace Nabla.Graphs;

/// <summary>
/// Where in one arena each result lies. A result lives from the node that computes it to the last one that reads it, and an op that works element by
/// element writes over an input that dies with it. The largest are placed first, each at the lowest place that is free all its life.
/// What must stand when the run is over has memory of its own.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Places begin at multiples of so many bytes.</summary>
    public const int Alignment = 64;

    private readonly Dictionary<Value, long> offsets = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, Block> blocks = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> lastReads = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> kept;

    private MemoryPlan(Graph graph, IEnumerable<Value> standing)
    {
        kept = new HashSet<Value>(graph.Kept.Select(Root).Concat(standing), ReferenceEqualityComparer.Instance);
        for (int index = 0; index < graph.Nodes.Count; index++)
        {
            foreach (Value input in graph.Nodes[index].Inputs)
            {
                lastReads[Root(input)] = index;
            }
        }
    }

    /// <summary>The bytes of the arena.</summary>
    public long Size { get; private set; }

    /// <summary>The most bytes that live at once: no plan can do with fewer.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Where each result lies; those that are kept, and those that are another one under another shape, have no place.</summary>
    public IReadOnlyDictionary<Value, long> Offsets => offsets;

    /// <summary>Plans the memory of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="standing">Results that stand from one run to the next; they have no place.</param>
    public static MemoryPlan Of(Graph graph, params IEnumerable<Value> standing)
    {
        MemoryPlan plan = new(graph, standing);
        for (int index = 0; index < graph.Nodes.Count; index++)
        {
            plan.Join(graph.Nodes[index], index);
        }

        plan.Place();
        plan.LiveBytes = Peak(plan.blocks.Values.Distinct());
        return plan;
    }

    /// <summary>The value whose memory a value is: reshaping changes the shape alone.</summary>
    public static Value Root(Value value) => value is Result { Node: { Op: IReshapeOp } node } ? Root(node.Inputs[0]) : value;

    /// <summary>The index of the last node that reads a value's memory; -1 when none does.</summary>
    public int LastRead(Value root) => lastReads.GetValueOrDefault(root, -1);

    /// <summary>Whether a node may write a result over the memory of a value: in each place where it reads that memory.</summary>
    public static bool MayOverwrite(Node node, Value root, Result result)
    {
        bool reads = false;
        for (int input = 0; input < node.Inputs.Count; input++)
        {
            if (Root(node.Inputs[input]) == root)
            {
                reads = true;
                if (node.Inputs[input].Type != result.Type || !node.Op.MayOverwrite(input, result.Index))
                {
                    return false;
                }
            }
        }

        return reads;
    }

    private static long Aligned(Value value) => (Math.Max(1, value.Type.ByteCount) + Alignment - 1) & -Alignment;

    // Results that lie over a dying input are of its block.
    private void Join(Node node, int index)
    {
        if (node.Op is IReshapeOp)
        {
            return;
        }

        Value? taken = null;
        foreach (Result result in node.Results.Where(result => !kept.Contains(result)))
        {
            Value? over = Reusable(node, result, index, taken);
            taken = over ?? taken;
            Block block = blocks[result] = over is null ? new Block(Aligned(result), index) : blocks[over];
            block.End = Math.Max(index, LastRead(result));
        }
    }

    private Value? Reusable(Node node, Result result, int index, Value? taken) => result.Index == 0
        ? node.Inputs.Select(Root).FirstOrDefault(root => root != taken && blocks.ContainsKey(root) && LastRead(root) == index && MayOverwrite(node, root, result))
        : null;

    private void Place()
    {
        List<Block> placed = [];
        foreach (Block block in blocks.Values.Distinct().OrderByDescending(block => block.Size).ThenBy(block => block.Start))
        {
            long offset = 0;
            foreach (Block other in placed.Where(block.LivesWith))
            {
                if (offset + block.Size <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, other.Offset + other.Size);
            }

            block.Offset = offset;
            Size = Math.Max(Size, offset + block.Size);
            int at = placed.FindIndex(other => other.Offset > offset);
            placed.Insert(at < 0 ? placed.Count : at, block);
        }

        foreach ((Value value, Block block) in blocks)
        {
            offsets[value] = block.Offset;
        }
    }

    private static long Peak(IEnumerable<Block> blocks)
    {
        long live = 0;
        long peak = 0;
        foreach ((int _, long change) in blocks
            .SelectMany(block => ((int Time, long Change)[])[(2 * block.Start, block.Size), ((2 * block.End) + 1, -block.Size)])
            .OrderBy(change => change.Time))
        {
            live += change;
            peak = Math.Max(peak, live);
        }

        return peak;
    }

    /// <summary>A place from the first result that lies there to the last read of the last one.</summary>
    private sealed class Block(long size, int start)
    {
        public long Size => size;

        public int Start => start;

        public int End { get; set; }

        public long Offset { get; set; }

        public bool LivesWith(Block other) => Start <= other.End && other.Start <= End;
    }
}
