using Nabla.Ops.Convolutions;
using Nabla.Ops.Quantization;

namespace Nabla.Ops.Recurrent;

/// <summary>
/// A <see cref="Recurrence"/> of rounded states whose recurrent kernel is bytes: the states of each step become bytes, their products with the kernel
/// are summed exactly and scaled in float32. Inputs: those of the recurrence with the packed kernel in the place of the kernel, then the kernel's
/// columns' sums and scales <c>[gates * units]</c>. Results: the states, and of the long short-term memory the cells.
/// </summary>
/// <param name="Cell">What a step computes.</param>
/// <param name="Reverse">Whether the steps run from the last to the first.</param>
internal sealed record QuantizedRecurrence(RecurrentCell Cell, bool Reverse) : Op
{
    /// <summary>Where the columns' sums stand among the inputs; their scales stand behind.</summary>
    public int ColumnSumsAt => Cell == RecurrentCell.Lstm ? 6 : 5;

    /// <summary>How the kernel is packed.</summary>
    public static QuantizedWindow WindowOf(RecurrentCell cell, int units) => new(null, [units, cell.Gates() * units], MostParts: 2);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType projected = inputs[0];
        if (inputs.Length != ColumnSumsAt + 2 || projected.DataType != DataType.Float32 || inputs[1].DataType != DataType.Int8)
        {
            throw Error($"expects {ColumnSumsAt + 2} inputs, float32 projections first and then a packed kernel, but got {string.Join(", ", inputs.ToArray())}.");
        }

        TensorType sequence = projected with { Shape = projected.Shape.With(-1, projected.Shape[2] / Cell.Gates()) };
        return Cell == RecurrentCell.Lstm ? [sequence, sequence] : [sequence];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw FilterPacking.Late(this);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        inputs[0].Shape.ElementCount * ((2.0 * outputs[0].Shape[2]) + 10);
}
