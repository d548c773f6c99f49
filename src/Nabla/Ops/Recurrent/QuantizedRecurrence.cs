using Nabla.Ops.Convolutions;
using Nabla.Ops.Quantization;

namespace Nabla.Ops.Recurrent;

/// <summary>
/// A <see cref="Recurrence"/> of rounded states whose recurrent kernel is bytes: the states of each step become bytes, their products with the kernel
/// are summed exactly and scaled in float32. Inputs: those of the recurrence with the packed kernel in the place of the kernel, then the kernel's
/// columns' sums and scales <c>[gates * units]</c>. With <c>LooksUp</c> the first input is a table <c>[rows, gates * units]</c> of projected inputs, and the last
/// one says which rows, <c>[batch, time]</c>, so that they need not be copied. Results: the states, and of the long short-term memory the cells.
/// </summary>
/// <param name="Cell">What a step computes.</param>
/// <param name="Reverse">Whether the steps run from the last to the first.</param>
/// <param name="LooksUp">Whether projected inputs are rows of a table.</param>
internal sealed record QuantizedRecurrence(RecurrentCell Cell, bool Reverse, bool LooksUp = false) : Op
{
    /// <summary>Where the columns' sums stand among the inputs; their scales stand behind.</summary>
    public int ColumnSumsAt => Cell == RecurrentCell.Lstm ? 6 : 5;

    /// <summary>How the kernel is packed.</summary>
    public static QuantizedWindow WindowOf(RecurrentCell cell, int units) => new(null, [units, cell.Gates() * units], MostParts: 2);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType projected = inputs[0];
        int expected = ColumnSumsAt + 2 + (LooksUp ? 1 : 0);
        if (inputs.Length != expected || projected.DataType != DataType.Float32 || inputs[1].DataType != DataType.Int8)
        {
            throw Error($"expects {expected} inputs, float32 projections first and then a packed kernel, but got {string.Join(", ", inputs.ToArray())}.");
        }

        Shape steps = LooksUp ? inputs[^1].Shape : projected.Shape;
        TensorType sequence = projected with { Shape = [steps[0], steps[1], projected.Shape[-1] / Cell.Gates()] };
        return Cell == RecurrentCell.Lstm ? [sequence, sequence] : [sequence];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw FilterPacking.Late(this);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        Cell.Gates() * outputs[0].Shape.ElementCount * ((2.0 * outputs[0].Shape[2]) + 10);
}
