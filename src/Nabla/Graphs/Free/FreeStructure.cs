using Nabla.Ops;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Indexing;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Free;

/// <summary>Which nodes and values of graphs of one function, traced at several sizes, are the same; all are looked up by those of the last graph.</summary>
internal sealed class FreeStructure
{
    private readonly IReadOnlyList<Graph> graphs;
    private readonly Dictionary<Value, Value[]> values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Node[]> nodes = new(ReferenceEqualityComparer.Instance);

    private FreeStructure(IReadOnlyList<Graph> graphs) => this.graphs = graphs;

    /// <summary>Sets graphs side by side.</summary>
    /// <exception cref="NotSupportedException">They differ by more than sizes.</exception>
    public static FreeStructure Of(IReadOnlyList<Graph> graphs)
    {
        FreeStructure structure = new(graphs);
        structure.Match(graph => graph.Arguments, "arguments");
        structure.MatchNodes();
        structure.Match(graph => graph.Outputs, "outputs");
        structure.Match(graph => [.. graph.Writes.Select(write => write.Value)], "changed values");
        return structure;
    }

    /// <summary>A value in each graph.</summary>
    public Value[] Of(Value value) => values[value];

    /// <summary>A node in each graph.</summary>
    public Node[] Of(Node node) => nodes[node];

    private void Match(Func<Graph, IReadOnlyList<Value>> of, string what)
    {
        Value[][] all = [.. graphs.Select(graph => of(graph).ToArray())];
        Require(all.All(list => list.Length == all[^1].Length), $"different numbers of {what}");
        for (int index = 0; index < all[^1].Length; index++)
        {
            Match([.. all.Select(list => list[index])]);
        }
    }

    private void MatchNodes()
    {
        Require(graphs.All(graph => graph.Nodes.Count == graphs[^1].Nodes.Count), $"{string.Join(" or ", graphs.Select(graph => graph.Nodes.Count).Distinct())} ops");
        for (int index = 0; index < graphs[^1].Nodes.Count; index++)
        {
            Match([.. graphs.Select(graph => graph.Nodes[index])]);
        }
    }

    private void Match(Node[] same)
    {
        Node last = same[^1];
        Node? other = Array.Find(same, node => !Sizeless(node.Op).Equals(Sizeless(last.Op)) || node.Inputs.Count != last.Inputs.Count);
        Require(other is null, $"{other?.Op} where it is {last.Op}");
        nodes[last] = same;
        for (int input = 0; input < last.Inputs.Count; input++)
        {
            Match([.. same.Select(node => node.Inputs[input])]);
        }

        for (int result = 0; result < last.Results.Count; result++)
        {
            Match([.. same.Select(node => node.Results[result])]);
        }
    }

    private void Match(Value[] same)
    {
        Value last = same[^1];
        if (values.TryGetValue(last, out Value[]? known))
        {
            Require(known.AsSpan().SequenceEqual(same), $"other values where it is {last.Origin}");
            return;
        }

        Value? other = Array.Find(same, value => !IsLike(value, last));
        Require(other is null, $"{other?.Origin} {other?.Type} where it is {last.Origin} {last.Type}");
        values[last] = same;
    }

    private static bool IsLike(Value left, Value right) => left.GetType() == right.GetType() && left.Type.DataType == right.Type.DataType
        && left.Type.Shape.Rank == right.Type.Shape.Rank && (left as CellValue)?.Cell == (right as CellValue)?.Cell;

    // What of an op does not depend on sizes; the graph of a scan's step is looked at by itself.
    private static Op Sizeless(Op op) => op switch
    {
        Reshape => new Reshape(Shape.Scalar),
        BroadcastTo => new BroadcastTo(Shape.Scalar),
        Slice slice => slice with { Start = Shape.Scalar, Size = Shape.Scalar },
        Pad pad => pad with { Start = Shape.Scalar, Size = Shape.Scalar },
        ConvolutionInputGradient gradient => gradient with { Images = Shape.Scalar },
        Scatter scatter => scatter with { Size = 0 },
        AddAlongAxis add => add with { Size = 0 },
        Scan scan => scan with { Step = null! },
        _ => op,
    };

    private static void Require(bool condition, string difference)
    {
        if (!condition)
        {
            throw new NotSupportedException($"The function does not compute the same for all free sizes: there are {difference}. Give it fixed sizes.");
        }
    }
}
