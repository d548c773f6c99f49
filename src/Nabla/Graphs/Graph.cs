using Nabla.Graphs.Drawing;

namespace Nabla.Graphs;

/// <summary>
/// A computation as data: nodes in an order in which each can be computed, what goes in, what comes out, and which cells get new values when it
/// is over. Graphs never change; passes make new ones.
/// </summary>
public sealed class Graph
{
    internal Graph(IReadOnlyList<Argument> arguments, IReadOnlyList<Node> nodes, IReadOnlyList<Value> outputs, IReadOnlyList<CellWrite> writes)
    {
        Arguments = arguments;
        Nodes = nodes;
        Outputs = outputs;
        Writes = writes;
    }

    /// <summary>What the caller gives to each run, in order.</summary>
    internal IReadOnlyList<Argument> Arguments { get; }

    /// <summary>The nodes; each stands behind those it reads.</summary>
    internal IReadOnlyList<Node> Nodes { get; }

    /// <summary>What a run gives back, in order.</summary>
    internal IReadOnlyList<Value> Outputs { get; }

    /// <summary>The cells that get new values, each once.</summary>
    internal IReadOnlyList<CellWrite> Writes { get; }

    /// <summary>The values that must stand when the run is over.</summary>
    internal IEnumerable<Value> Kept => Outputs.Concat(Writes.Select(write => write.Value));

    /// <summary>The graph as text, one line a node.</summary>
    public override string ToString() => GraphPrinter.Print(this);

    /// <summary>The graph in the DOT language of Graphviz.</summary>
    public string ToDot() => GraphDot.Write(GraphPicture.Of(this));

    /// <summary>The graph as a picture: boxes for ops, each below what it reads; SVG.</summary>
    public string ToSvg() => GraphSvg.Write(GraphPicture.Of(this));
}

/// <summary>A cell and the value that it gets.</summary>
internal readonly record struct CellWrite(Cell Cell, Value Value);
