using Nabla.Graphs;
using Nabla.Ops;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>Goes through a graph op by op, so that what is between can be seen and changed. Tapes and tracers that listen see what is done.</summary>
internal class GraphWalk
{
    private readonly Dictionary<Value, Tensor> tensors = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, int> places = new(ReferenceEqualityComparer.Instance);
    private readonly Graph graph;

    /// <summary>A walk.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="arguments">What it is given: the input and the parameters.</param>
    public GraphWalk(Graph graph, IReadOnlyList<Tensor> arguments)
    {
        this.graph = graph;
        foreach ((Argument argument, Tensor tensor) in graph.Arguments.Zip(arguments))
        {
            tensors[argument] = tensor;
        }

        foreach ((int index, Node node) in graph.Nodes.Index())
        {
            places[node] = index;
        }
    }

    /// <summary>Computes all nodes, and gives the first output.</summary>
    public Tensor Run()
    {
        Visit(graph.Arguments[0], tensors[graph.Arguments[0]]);
        foreach (Node node in graph.Nodes)
        {
            Tensor[] outputs = Compute(places[node], node);
            foreach (Result result in node.Results)
            {
                tensors[result] = outputs[result.Index];
                Visit(result, outputs[result.Index]);
            }
        }

        return Of(graph.Outputs[0]);
    }

    /// <summary>The place of a value, the same for graphs of other sizes.</summary>
    protected ValuePlace PlaceOf(Value value) => ValuePlace.Of(value, places);

    /// <summary>The tensor of a value that was computed.</summary>
    protected Tensor Of(Value value) => value is Constant constant ? constant.Tensor : tensors[value];

    /// <summary>Computes a node.</summary>
    protected virtual Tensor[] Compute(int index, Node node)
    {
        // A tape that listens now needs what a scan did not keep when it was traced.
        Op op = node.Op is Scan scan ? scan with { KeepsStates = scan.KeepsStates || Tape.Current is not null } : node.Op;
        return op.Apply([.. node.Inputs.Select(Of)]);
    }

    /// <summary>Is told each value: the input, and each result.</summary>
    protected virtual void Visit(Value value, Tensor tensor)
    {
    }
}

/// <summary>Which value of a graph one is, whatever the open sizes.</summary>
/// <param name="Node">The number of the node that gives it; below 0 an argument.</param>
/// <param name="Result">Which of its results.</param>
internal readonly record struct ValuePlace(int Node, int Result)
{
    /// <summary>The place of the input of a network.</summary>
    public static ValuePlace Input { get; } = new(-1, 0);

    /// <summary>The place of a value.</summary>
    public static ValuePlace Of(Value value, IReadOnlyDictionary<Node, int> places) => value is Result result ? new(places[result.Node], result.Index) : Input;
}
