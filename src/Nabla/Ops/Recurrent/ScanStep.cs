using Nabla.Graphs;
using Nabla.Transforms;

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

    /// <summary>Does to tensors what the graph does.</summary>
    public Tensor[] Replay(Tensor[] arguments)
    {
        Dictionary<Value, Tensor> tensors = new(ReferenceEqualityComparer.Instance);
        for (int index = 0; index < arguments.Length; index++)
        {
            tensors[graph.Arguments[index]] = arguments[index];
        }

        foreach (Node node in graph.Nodes)
        {
            // A tape that listens now needs what a scan within did not keep when it was traced.
            Op op = node.Op is Scan inner ? inner with { KeepsStates = inner.KeepsStates || Tape.Current is not null } : node.Op;
            Tensor[] outputs = op.Apply([.. node.Inputs.Select(Of)]);
            foreach (Result result in node.Results)
            {
                tensors[result] = outputs[result.Index];
            }
        }

        return [.. graph.Outputs.Select(Of)];

        Tensor Of(Value value) => value is Constant constant ? constant.Tensor : tensors[value];
    }

    /// <summary>How graphs show it.</summary>
    public override string ToString() => $"{graph.Nodes.Count} nodes";
}
