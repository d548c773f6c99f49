using Nabla.Ops;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Graphs;

/// <summary>Does to tensors what a graph does, op by op, so that tapes and tracers that listen see it.</summary>
internal static class GraphReplay
{
    /// <summary>The outputs for arguments in order.</summary>
    public static Tensor[] Replay(this Graph graph, Tensor[] arguments)
    {
        Dictionary<Value, Tensor> tensors = new(ReferenceEqualityComparer.Instance);
        for (int index = 0; index < arguments.Length; index++)
        {
            tensors[graph.Arguments[index]] = arguments[index];
        }

        foreach (Node node in graph.Nodes)
        {
            // A tape that listens now needs what a scan did not keep when it was traced.
            Op op = node.Op is Scan scan ? scan with { KeepsStates = scan.KeepsStates || Tape.Current is not null } : node.Op;
            Tensor[] outputs = op.Apply([.. node.Inputs.Select(Of)]);
            foreach (Result result in node.Results)
            {
                tensors[result] = outputs[result.Index];
            }
        }

        return [.. graph.Outputs.Select(Of)];

        Tensor Of(Value value) => value is Constant constant ? constant.Tensor : tensors[value];
    }
}
