using Nabla.Backends.Cpu.Quantized;
using Nabla.Ops.Recurrent;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Multiplies bytes in the steps of recurrent networks that round their states, where the recurrent kernel is dequantised and steady. What only a backward
/// pass reads is not written then.
/// </summary>
internal static class QuantizedRecurrencePass
{
    /// <summary>The same function, with sums of integers in the place of rounded floats.</summary>
    public static Graph MultiplyQuantizedStates(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        Steadiness steady = new(graph.Writes);
        return graph.Rewrite((node, inputs, builder) =>
            node.Op is Recurrence { RoundsStates: true } op && steady.Holds(node.Inputs[1]) && !KeepsGates(op, node, readers)
            && QuantizedOperand.Of(inputs[1], builder) is { IsSymmetric: true } kernel && kernel.AsColumns(inputs[1].Type.Shape[1], builder) is { } columns
                ? Multiplied(op, inputs, columns, builder)
                : null);
    }

    // Whether somebody reads what is neither a state nor the cell of a long short-term memory.
    private static bool KeepsGates(Recurrence op, Node node, Readers readers) =>
        node.Results.Skip(op.Cell == RecurrentCell.Lstm ? 2 : 1).Any(result => readers.Keeps(result) || readers.Of(result).Count > 0);

    private static IReadOnlyList<Value> Multiplied(Recurrence op, Value[] inputs, QuantizedOperand columns, GraphBuilder builder)
    {
        IReadOnlyList<Result> packed = builder.Add(
            QuantizedProductKernels.PackingOf(QuantizedRecurrence.WindowOf(op.Cell, columns.Bytes.Type.Shape[0])), columns.Bytes, columns.ZeroPoint);
        return builder.Add(new QuantizedRecurrence(op.Cell, op.Reverse), [inputs[0], packed[0], .. inputs[2..], packed[1], columns.Scale]);
    }
}
