namespace Nabla.Ops.Optimizers;

/// <summary>
/// The steps of an optimizer for several parameters of one type of element. Inputs and results are those of the single steps, one behind the other.
/// Passes make it.
/// </summary>
/// <param name="Step">The step for one parameter.</param>
/// <param name="Count">The number of parameters.</param>
internal sealed record JointStep(OptimizerStep Step, int Count) : Op
{
    /// <inheritdoc/>
    public override string Name => $"Joint{Step.Name}";

    /// <summary>The inputs for each parameter.</summary>
    public int InputsEach => OptimizerStep.FirstSlot + Step.Slots;

    /// <summary>The results for each parameter.</summary>
    public int OutputsEach => 1 + Step.Slots;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        if (inputs.Length != Count * InputsEach)
        {
            throw Error($"for {Count} parameters expects {Count * InputsEach} inputs but got {inputs.Length}.");
        }

        List<TensorType> types = [];
        for (int first = 0; first < inputs.Length; first += InputsEach)
        {
            types.AddRange(Step.Infer(inputs.Slice(first, InputsEach)));
        }

        return [.. types];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        Step.Gradient(inputs, outputs, cotangents, wanted);

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) =>
        input / InputsEach == output / OutputsEach && Step.MayOverwrite(input % InputsEach, output % OutputsEach);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs)
    {
        double sum = 0;
        for (int index = 0; index < Count; index++)
        {
            sum += Step.Flops(inputs.Slice(index * InputsEach, InputsEach), outputs.Slice(index * OutputsEach, OutputsEach));
        }

        return sum;
    }
}
