using Nabla.Graphs;
using Nabla.Ops.Recurrent;

namespace Nabla.Transforms;

/// <summary>Loops over time as one op.</summary>
public static class Scanning
{
    /// <summary>
    /// Runs a step for each place of the second axis of sequences, each with the states that the one before left. The step is traced once, when it may
    /// use tensors and parameters from around it, and runs as a graph of its own: the loop is not unrolled. Gradients, of the first states, of the sequences
    /// and of what the step took from around it, are a loop the other way, and have gradients themselves.
    /// </summary>
    /// <param name="step">
    /// From the states and one slice <c>[batch, ...]</c> of each sequence to the next states, of the types of the ones before, and what the step gives out.
    /// </param>
    /// <param name="initial">The states before the first step.</param>
    /// <param name="sequences">One sequence <c>[batch, time, ...]</c> or more, of the same number of steps.</param>
    /// <param name="reverse">Whether the steps run from the last to the first; what they give out stands at the place of their slices all the same.</param>
    /// <exception cref="ArgumentException">Sequences differ in their steps, or a step gives states of other types.</exception>
    /// <example>
    /// Sums of all elements so far:
    /// <code>
    /// ScanResult sums = Scanning.Scan(
    ///     (state, slice) => ([state[0] + slice[0]], [state[0] + slice[0]]), [Tensor.Zeros([2])], [Tensor.Ones([2, 5])]);
    /// Tensor last = sums.States[0];      // [2]
    /// Tensor all = sums.Outputs[0];      // [2, 5]: 1, 2, 3, 4, 5
    /// </code>
    /// </example>
    public static ScanResult Scan(
        Func<Tensor[], Tensor[], (Tensor[] States, Tensor[] Outputs)> step, IReadOnlyList<Tensor> initial, IReadOnlyList<Tensor> sequences, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(initial);
        RequireSteps(sequences);
        Tensor[] begin = [.. initial.Select(Raised)];
        TensorType[] types = [.. begin.Select(state => state.Type), .. sequences.Select(SliceOf)];
        (Graph graph, Tensor[] captured) = Tracer.TraceStep(arguments => Checked(step, arguments, initial), types);
        Ops.Recurrent.Scan scan = new(new ScanStep(graph), initial.Count, sequences.Count, reverse, Tape.Current is not null);
        Tensor[] results = scan.Apply([.. begin, .. sequences, .. captured]);
        return new ScanResult([.. initial.Select((state, index) => results[index].Reshape(state.Shape.AsSpan()))], results[initial.Count..graph.Outputs.Count]);
    }

    private static Tensor[] Checked(Func<Tensor[], Tensor[], (Tensor[] States, Tensor[] Outputs)> step, Tensor[] arguments, IReadOnlyList<Tensor> initial)
    {
        (Tensor[] states, Tensor[] outputs) = step(
            [.. initial.Select((state, index) => arguments[index].Reshape(state.Shape.AsSpan()))], arguments[initial.Count..]);
        if (!states.Select(state => state.Type).SequenceEqual(initial.Select(state => state.Type)))
        {
            throw new ArgumentException($"A step of a scan expects the states {Types(initial)} back but got {Types(states)}.", nameof(step));
        }

        return outputs.All(output => output.Rank > 0)
            ? [.. states.Select(Raised), .. outputs]
            : throw new ArgumentException($"A step of a scan gives out tensors [batch, ...] but gave {Types(outputs)}.", nameof(step));
    }

    private static void RequireSteps(IReadOnlyList<Tensor> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0 || sequences.Any(sequence => sequence.Rank < 2 || sequence.Shape[1] == 0 || sequence.Shape[1] != sequences[0].Shape[1]))
        {
            throw new ArgumentException($"A scan expects sequences [batch, time, ...] of one number of steps but got {Types(sequences)}.", nameof(sequences));
        }
    }

    /// <summary>A state whose first axis can be followed by one of time.</summary>
    private static Tensor Raised(Tensor state) => state.Rank == 0 ? state.Reshape(1) : state;

    private static TensorType SliceOf(Tensor sequence) => sequence.Type with { Shape = [sequence.Shape[0], .. sequence.Shape.Skip(2)] };

    private static string Types(IEnumerable<Tensor> tensors) => tensors.Any() ? string.Join(", ", tensors.Select(tensor => tensor.Type)) : "none";
}

/// <summary>What a scan computes.</summary>
/// <param name="States">The states after the last step.</param>
/// <param name="Outputs">What the steps gave out, each <c>[batch, time, ...]</c>.</param>
public sealed record ScanResult(IReadOnlyList<Tensor> States, IReadOnlyList<Tensor> Outputs);
