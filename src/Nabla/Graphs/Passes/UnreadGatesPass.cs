using Nabla.Ops.Recurrent;

namespace Nabla.Graphs.Passes;

/// <summary>Lets recurrent networks write no gates and memory that nobody reads: only a backward pass does, and those are four fifths of what they write.</summary>
internal static class UnreadGatesPass
{
    /// <summary>The same bits without what is not read.</summary>
    public static Graph DropUnreadGates(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Recurrence { RoundsStates: false } op when LastRead(node, readers) is var results && results < node.Results.Count =>
                builder.Add(new CompiledRecurrence(op, results), inputs),
            CompiledRecurrence op when LastRead(node, readers) is var results && results < op.Results => builder.Add(op with { Results = results }, inputs),
            _ => null,
        });
    }

    // The states are always written.
    private static int LastRead(Node node, Readers readers)
    {
        int results = node.Results.Count;
        while (results > 1 && readers.Of(node.Results[results - 1]).Count == 0 && !readers.Keeps(node.Results[results - 1]))
        {
            results--;
        }

        return results;
    }
}
