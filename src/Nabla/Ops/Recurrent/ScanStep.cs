using Nabla.Graphs;

namespace Nabla.Ops.Recurrent;

/// <summary>The step of a <see cref="Scan"/> as a graph: arguments are the states, the slices of the sequences and what it took from around it.</summary>
internal sealed class ScanStep(Graph graph)
{
    /// <summary>What it computes: the next states, then what is given out.</summary>
    public Graph Graph => graph;

    /// <summary>Where it runs: made at the first run, which holds it while it lasts.</summary>
    public object Gate { get; } = new();

    /// <summary>What a backend made of it.</summary>
    public object? Prepared { get; set; }

    /// <summary>How graphs show it.</summary>
    public override string ToString() => $"{graph.Nodes.Count} nodes";
}
