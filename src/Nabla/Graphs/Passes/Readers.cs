namespace Nabla.Graphs.Passes;

/// <summary>Who reads each value of a graph.</summary>
internal sealed class Readers
{
    private readonly Dictionary<Value, List<Node>> nodes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> kept;

    private Readers(Graph graph) => kept = new(graph.Kept, ReferenceEqualityComparer.Instance);

    /// <summary>The readers in a graph.</summary>
    public static Readers In(Graph graph)
    {
        Readers readers = new(graph);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value input in node.Inputs)
            {
                (readers.nodes.TryGetValue(input, out List<Node>? known) ? known : readers.nodes[input] = []).Add(node);
            }
        }

        return readers;
    }

    /// <summary>The nodes that read a value, each as often as it does.</summary>
    public IReadOnlyList<Node> Of(Value value) => nodes.TryGetValue(value, out List<Node>? known) ? known : [];

    /// <summary>Whether the value must stand when the run is over.</summary>
    public bool Keeps(Value value) => kept.Contains(value);

    /// <summary>Whether one node reads the value, once, and nothing else does: a rewritten reader leaves it dead.</summary>
    public bool IsReadOnce(Value value) => !kept.Contains(value) && Of(value).Count == 1;
}
