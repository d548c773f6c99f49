using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Onnx.Protos;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Shapes;

namespace Nabla.Onnx.Export.Translations;

/// <summary>
/// Recurrent networks as the operators LSTM, GRU and RNN, which project the inputs themselves: the product that does so in the library becomes a weight of
/// theirs. Sequences stand as the operators have them, <c>[time, batch, features]</c>.
/// </summary>
internal static class RecurrenceTranslation
{
    private static readonly Shape TimeFirst = [1, 0, 2];

    public static Dictionary<Type, Translation> All { get; } = new() { [typeof(Recurrence)] = Translate };

    /// <summary>Writes a slice that takes the last state of a recurrence, which the operator has as an output of its own.</summary>
    public static bool TryLast(NodeExport node)
    {
        if (!IsLast(node.Graph.Graph, node.Node))
        {
            return false;
        }

        node.Give(node.Values.LastOf(node.Inputs[0]), TimeFirst);
        return true;
    }

    private static bool IsLast(FreeGraph graph, Node slice)
    {
        if (slice.Op is not Slice || slice.Inputs[0] is not Result { Node.Op: Recurrence recurrence } states)
        {
            return false;
        }

        FreeShape start = graph.ShapeOf<Slice>(slice, op => op.Start);
        FreeShape size = graph.ShapeOf<Slice>(slice, op => op.Size);
        FreeShape shape = graph.ShapeOf(states);
        return size[1].Fixed == 1 && size[0].Equals(shape[0]) && size[2].Equals(shape[2])
            && (recurrence.Reverse ? start[1].Fixed == 0 : (shape[1] - start[1]).Fixed == 1);
    }

    private static void Translate(NodeExport node)
    {
        Recurrence op = (Recurrence)node.Op;
        RequireStatesAlone(node, op);
        RecurrentProjection projection = RecurrentProjection.OrIdentity(node.Graph, node.Inputs[0]);
        string? lengths = Lengths(node);
        string? hidden = State(node, 4);
        string? cell = op.Cell == RecurrentCell.Lstm ? State(node, op.FirstCell) : null;
        string[] inputs =
        [
            node.Values.In(projection.Input, TimeFirst), .. RecurrentWeights.Write(node, op.Cell, projection), lengths ?? "", hidden ?? "", cell ?? "",
        ];
        string[] outputs = node.Write.Add(
            OperatorOf(op.Cell), inputs.Reverse().SkipWhile(name => name.Length == 0).Reverse(), op.Cell == RecurrentCell.Lstm ? 3 : 2, AttributesOf(node, op));
        node.Values.DefineLast(node.Node.Results[0], outputs[1]);
        if (op.Cell == RecurrentCell.Lstm)
        {
            node.Values.DefineLast(node.Node.Results[1], outputs[2]);
        }

        string states = node.Write.Squeeze(outputs[0], 1);
        string rest = op.Reverse ? hidden ?? node.Model.Scalar(0, node.DataType) : outputs[1];
        node.Give(lengths is not null && Others(node, 0) ? Kept(node, states, lengths, rest) : states, TimeFirst);
    }

    // The operators leave zeros behind the end of a sequence; ours keep the state.
    private static string Kept(NodeExport node, string states, string lengths, string rest)
    {
        NodeWriter write = node.Write;
        string steps = write.Unsqueeze(write.Cast(node.Sizes.Range(node.Shape(0)[1]), DataType.Int32), 1);
        return write.Where(write.Unsqueeze(write.Add("Less", [steps, lengths]), 2), states, rest);
    }

    private static void RequireStatesAlone(NodeExport node, Recurrence op)
    {
        bool cellsAreRead = op.Cell == RecurrentCell.Lstm ? Others(node, 1) : op.Cell.KeepsGates() && node.IsRead(1);
        if (op.Drops || cellsAreRead || (op.Cell.KeepsGates() && node.IsRead(2)))
        {
            throw node.Error(op.Drops ? "drops states, which only training does" : "has cells or gates of all steps that somebody reads: the format has the last ones alone");
        }
    }

    private static bool Others(NodeExport node, int result)
    {
        Result states = node.Node.Results[result];
        return node.Graph.Readers.Keeps(states) || node.Graph.Readers.Of(states).Any(reader => !IsLast(node.Graph.Graph, reader));
    }

    // None where all sequences are full.
    private static string? Lengths(NodeExport node)
    {
        FreeSize time = node.Shape(0)[1];
        bool full = node.Inputs[3] is Constant constant && node.Graph.Graph.ConstantOf(constant) switch
        {
            FreeFill fill => !fill.Number.Inverse && fill.Number.Size.Equals(time),
            FreeBlock block => time.Fixed is { } steps && block.Tensor.Equal(steps).All().Item<bool>(),
            _ => false,
        };
        return full ? null : node.In(3);
    }

    // None where it is zero.
    private static string? State(NodeExport node, int input)
    {
        bool zero = node.Inputs[input] is Constant constant && node.Graph.Graph.ConstantOf(constant) is FreeBlock block && block.Tensor.Equal(0).All().Item<bool>();
        return zero ? null : node.Write.Unsqueeze(node.In(input), 0);
    }

    private static string OperatorOf(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Lstm => "LSTM",
        RecurrentCell.Gru => "GRU",
        _ => "RNN",
    };

    private static List<AttributeProto> AttributesOf(NodeExport node, Recurrence op)
    {
        List<AttributeProto> attributes =
        [
            Attributes.Int("hidden_size", node.Inputs[1].Type.Shape[0]), Attributes.Text("direction", op.Reverse ? "reverse" : "forward"),
        ];
        if (op.Cell == RecurrentCell.Gru)
        {
            attributes.Add(Attributes.Int("linear_before_reset", 1));
        }
        else if (op.Cell == RecurrentCell.Relu)
        {
            attributes.Add(Attributes.Texts("activations", "Relu"));
        }

        return attributes;
    }
}
