namespace Nabla.Ops.Recurrent;

/// <summary>
/// Runs a step for each place of the second axis of sequences. Inputs: the first states, the sequences <c>[batch, time, ...]</c>, and what the step takes
/// from around it. Results: the last states, what the steps gave out <c>[batch, time, ...]</c>, and if asked for the states that each step began with.
/// </summary>
/// <param name="Step">The step.</param>
/// <param name="States">How many states there are.</param>
/// <param name="Sequences">How many sequences there are.</param>
/// <param name="Reverse">Whether the steps run from the last to the first.</param>
/// <param name="KeepsStates">Whether the states of all steps are results, which a gradient needs.</param>
internal sealed record Scan(ScanStep Step, int States, int Sequences, bool Reverse, bool KeepsStates) : Op
{
    /// <summary>What a step gives out beside its states.</summary>
    public int Outputs => Step.Graph.Outputs.Count - States;

    /// <inheritdoc/>
    internal override bool IsSymbolic => Step.Graph.Nodes.Any(node => node.Op.IsSymbolic);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        int time = inputs[States].Shape[1];
        for (int index = 0; index < inputs.Length; index++)
        {
            TensorType expected = Step.Graph.Arguments[index].Type;
            expected = index >= States && index < States + Sequences ? WithTime(expected, time) : expected;
            if (inputs[index] != expected)
            {
                throw Error($"expects {expected} as input {index} but got {inputs[index]}.");
            }
        }

        TensorType[] types = [.. Step.Graph.Outputs.Select((output, index) => index < States ? output.Type : WithTime(output.Type, time))];
        return KeepsStates ? [.. types, .. Step.Graph.Outputs.Take(States).Select(output => WithTime(output.Type, time))] : types;
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        new ScanBackward(this, inputs, outputs, cotangents, wanted.ToArray()).Run();

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[States].Shape[1] * Step.Graph.Nodes.Sum(
        node => node.Op.Flops([.. node.Inputs.Select(input => input.Type)], [.. node.Results.Select(result => result.Type)]));

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[States].Shape[1] * Step.Graph.Nodes.Sum(
        node => node.Op.MultiplyAdds([.. node.Inputs.Select(input => input.Type)], [.. node.Results.Select(result => result.Type)]));

    private static TensorType WithTime(TensorType type, int time) => type with { Shape = [type.Shape[0], time, .. type.Shape.Skip(1)] };
}
