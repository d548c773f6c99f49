using Nabla.Ops.Shapes;

namespace Nabla.Graphs;

/// <summary>
/// Where in one arena each result lies. A result lives from the node that computes it to the last one that reads it; places of dead results are
/// used again (first fit, largest gaps last), and an op that works element by element writes over an input that dies with it.
/// What must stand when the run is over has memory of its own.
/// </summary>
internal sealed class MemoryPlan
{
    /// <summary>Places begin at multiples of so many bytes.</summary>
    public const int Alignment = 64;

    private readonly Dictionary<Value, long> offsets = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> lastReads = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> kept;
    private readonly SortedList<long, long> free = [];

    private MemoryPlan(Graph graph)
    {
        kept = new HashSet<Value>(graph.Kept.Select(Root), ReferenceEqualityComparer.Instance);
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

    /// <summary>Where each result lies; those that are kept, and those that are another one under another shape, have no place.</summary>
    public IReadOnlyDictionary<Value, long> Offsets => offsets;

    /// <summary>Plans the memory of a graph.</summary>
    public static MemoryPlan Of(Graph graph)
    {
        MemoryPlan plan = new(graph);
        for (int index = 0; index < graph.Nodes.Count; index++)
        {
            plan.Place(graph.Nodes[index], index);
        }

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

    private void Place(Node node, int index)
    {
        if (node.Op is IReshapeOp)
        {
            return;
        }

        Value? taken = null;
        foreach (Result result in node.Results)
        {
            if (!kept.Contains(result))
            {
                taken ??= Reusable(node, result, index);
                offsets[result] = taken is not null && result.Index == 0 ? offsets[taken] : Take(Aligned(result));
            }
        }

        foreach (Value root in node.Inputs.Select(Root).Concat(node.Results).Distinct())
        {
            if (root != taken && offsets.TryGetValue(root, out long offset) && LastRead(root) <= index)
            {
                Give(offset, Aligned(root));
            }
        }
    }

    private Value? Reusable(Node node, Result result, int index) => result.Index == 0
        ? node.Inputs.Select(Root).FirstOrDefault(root => offsets.ContainsKey(root) && LastRead(root) == index && MayOverwrite(node, root, result))
        : null;

    private long Take(long size)
    {
        foreach ((long offset, long length) in free)
        {
            if (length >= size)
            {
                free.Remove(offset);
                if (length > size)
                {
                    free[offset + size] = length - size;
                }

                return offset;
            }
        }

        long end = Size;
        Size += size;
        return end;
    }

    private void Give(long offset, long size)
    {
        int next = 0;
        while (next < free.Count && free.GetKeyAtIndex(next) < offset)
        {
            next++;
        }

        if (next < free.Count && free.GetKeyAtIndex(next) == offset + size)
        {
            size += free.GetValueAtIndex(next);
            free.RemoveAt(next);
        }

        if (next > 0 && free.GetKeyAtIndex(next - 1) + free.GetValueAtIndex(next - 1) == offset)
        {
            (offset, size) = (free.GetKeyAtIndex(next - 1), size + free.GetValueAtIndex(next - 1));
        }

        free[offset] = size;
    }
}
