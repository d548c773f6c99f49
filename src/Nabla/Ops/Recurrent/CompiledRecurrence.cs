using Nabla.Ops.Products;

namespace Nabla.Ops.Recurrent;

/// <summary>
/// A <see cref="Recurrence"/> that copies and keeps no more than it must. Inputs: those of the recurrence; with <c>LooksUp</c> a table <c>[rows, gates * units]</c> in the
/// place of the projected inputs, and last the int32 row of each step, <c>[batch, time]</c>. Results: the first ones of the recurrence.
/// </summary>
/// <param name="Steps">The recurrence; without a mask where it looks up.</param>
/// <param name="Results">How many results there are: one that is read, and those before it.</param>
/// <param name="LooksUp">Whether projected inputs are rows of a table.</param>
internal sealed record CompiledRecurrence(Recurrence Steps, int Results, bool LooksUp = false) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Steps.Infer(Plain(inputs))[..Results];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw ProductPacking.Late(this);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Steps.Flops(Plain(inputs), outputs);

    private TensorType[] Plain(ReadOnlySpan<TensorType> inputs)
    {
        if (!LooksUp)
        {
            return inputs.ToArray();
        }

        (TensorType table, TensorType places) = (inputs[0], inputs[^1]);
        return table.Shape.Rank == 2 && places.DataType == DataType.Int32 && places.Shape.Rank == 2
            ? [table with { Shape = [.. places.Shape, table.Shape[1]] }, .. inputs[1..^1]]
            : throw Error($"expects a table [rows, gates * units] first and int32 rows [batch, time] last but got {table} and {places}.");
    }
}
