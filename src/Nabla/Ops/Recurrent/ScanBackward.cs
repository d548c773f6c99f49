using Nabla.Graphs;
using Nabla.Transforms;

namespace Nabla.Ops.Recurrent;

/// <summary>
/// The gradient of a <see cref="Scan"/>: a scan the other way, whose states are the gradients of the states and the sums of the gradients of what the step
/// took from around it.
/// </summary>
internal sealed class ScanBackward
{
    private readonly Scan scan;
    private readonly Tensor[] inputs;
    private readonly Tensor[] outputs;
    private readonly Tensor?[] cotangents;
    private readonly int[] states;
    private readonly int[] sequences;
    private readonly int[] captured;
    private readonly int[] given;
    private readonly int[] begun;

    public ScanBackward(Scan scan, Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, bool[] wanted)
    {
        (this.scan, this.inputs, this.outputs, this.cotangents) = (scan, inputs, outputs, cotangents);
        int rest = scan.States + scan.Sequences;
        states = [.. Enumerable.Range(0, scan.States).Where(IsFloating)];
        sequences = [.. Enumerable.Range(scan.States, scan.Sequences).Where(index => IsFloating(index) && wanted[index])];
        captured = [.. Enumerable.Range(rest, inputs.Length - rest).Where(index => IsFloating(index) && wanted[index])];
        given = [.. Enumerable.Range(scan.States, scan.Outputs).Where(index => cotangents[index] is not null)];

        // Gradients of gradients alone ask for the states that steps began with.
        begun = [.. states.Where(index => cotangents[scan.States + scan.Outputs + index] is not null)];
    }

    /// <summary>What each input contributes.</summary>
    public Tensor?[] Run()
    {
        Tensor[] begin = [.. states.Select(index => cotangents[index] ?? ZerosLike(inputs[index])), .. captured.Select(index => ZerosLike(inputs[index]))];
        int kept = scan.States + scan.Outputs;
        Tensor[] along =
        [
            .. outputs[kept..], .. inputs[scan.States..(scan.States + scan.Sequences)],
            .. given.Select(index => cotangents[index]!), .. begun.Select(index => cotangents[kept + index]!),
        ];
        ScanResult result = Scanning.Scan(Step, begin, along, !scan.Reverse);
        Tensor?[] contributions = new Tensor?[inputs.Length];
        Place(contributions, [.. states, .. captured], result.States);
        Place(contributions, sequences, result.Outputs);
        return contributions;
    }

    private static void Place(Tensor?[] contributions, int[] places, IReadOnlyList<Tensor> values)
    {
        for (int index = 0; index < places.Length; index++)
        {
            contributions[places[index]] = values[index];
        }
    }

    private static Tensor ZerosLike(Tensor tensor) => Tensor.Zeros(tensor.Shape, tensor.DataType);

    private bool IsFloating(int input) => inputs[input].DataType.IsFloating;

    private (Tensor[] States, Tensor[] Outputs) Step(Tensor[] gradients, Tensor[] slices)
    {
        int own = scan.States + scan.Sequences;
        Tensor[] arguments = [.. slices[..own], .. inputs[own..]];
        Tensor?[] of = new Tensor?[scan.States + scan.Outputs];
        for (int index = 0; index < states.Length; index++)
        {
            of[states[index]] = gradients[index];
        }

        for (int index = 0; index < given.Length; index++)
        {
            of[given[index]] = slices[own + index];
        }

        int[] wanted = [.. states, .. sequences, .. captured];
        Tensor[] sources = [.. wanted.Select(index => arguments[index])];
        Tensor?[] found = Composition.Gradient(() => scan.Step.Graph.Replay(arguments), sources, of);
        Tensor[] parts = [.. found.Select((gradient, index) => gradient ?? ZerosLike(sources[index]))];
        (int first, int last) = (states.Length, states.Length + sequences.Length);
        Tensor[] sums = [.. parts[last..].Select((part, index) => gradients[first + index] + part)];
        for (int index = 0; index < begun.Length; index++)
        {
            parts[Array.IndexOf(states, begun[index])] += slices[own + given.Length + index];
        }

        return ([.. parts[..first], .. sums], parts[first..last]);
    }
}
