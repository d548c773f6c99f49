namespace Nabla.Ops.Optimizers;

/// <summary>
/// One step of an optimizer for a table of which only some rows have a gradient. Inputs: the value <c>[size, ...]</c>; the rows that have one,
/// <c>[most, ...]</c>; the numbers of this step; the slots; the int32 indices <c>[most]</c> of the rows, ascending, <c>size</c> for those that do not count. Results: the new
/// value and the new slots.
/// </summary>
/// <param name="Step">The step for a whole gradient.</param>
/// <param name="Lazy">Whether the other rows stay as they are; else they take a step with a gradient of zero.</param>
internal sealed record RowStep(OptimizerStep Step, bool Lazy) : Op
{
    /// <inheritdoc/>
    public override string Name => $"{(Lazy ? "Lazy" : string.Empty)}RowsOf{Step.Name}";

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType value, TensorType rows, TensorType indices) = (inputs[0], inputs[1], inputs[^1]);
        bool fits = value.Shape.Rank > 0 && rows == value with { Shape = value.Shape.With(0, rows.Shape[0]) } && indices == new TensorType(DataType.Int32, [rows.Shape[0]]);
        return fits
            ? Step.Infer([value, value, .. inputs[2..^1]])
            : throw Error($"expects a table, rows of it and an int32 index for each but got {value}, {rows} and {indices}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        Step.Gradient(inputs, outputs, cotangents, wanted);

    /// <inheritdoc/>
    internal override bool MayOverwrite(int input, int output) => input == (output == 0 ? 0 : OptimizerStep.FirstSlot + output - 1);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        4.0 * (1 + Step.Slots) * inputs[Lazy ? 1 : 0].Shape.ElementCount;
}
