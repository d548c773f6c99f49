namespace Nabla.Ops.Recurrent;

/// <summary>
/// The backward pass of <see cref="Recurrence"/> through time. Inputs: the recurrent kernel, the lengths, the first state, the first cell, the three
/// results of the forward pass, the cotangents of states and cells, and with <c>Drops</c> the mask of the state; where a cell has no such tensor another stands in its place and is not read.
/// Results: the gradients of the projected inputs, of the gated recurrent unit also of the recurrent products, of the first state, and of the long
/// short-term memory also of the first cell.
/// </summary>
/// <param name="Cell">What a step computes.</param>
/// <param name="Reverse">Whether the steps of the forward pass ran from the last to the first.</param>
/// <param name="Drops">Whether the state was multiplied by a mask.</param>
internal sealed record RecurrenceGradient(RecurrentCell Cell, bool Reverse, bool Drops = false) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType first, TensorType gates) = (inputs[2], inputs[6]);
        return Cell switch
        {
            RecurrentCell.Lstm => [gates, first, first],
            RecurrentCell.Gru => [gates, gates, first],
            _ => [gates, first],
        };
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        // A tensor may stand in several places: its contribution is counted once.
        Tensor[] distinct = [.. inputs.Where(input => input.DataType.IsFloating).Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
        Tensor?[] gradients = Composition.Gradient(() => RecurrenceComposition.Backward(this, inputs), distinct, cotangents);
        Tensor?[] contributions = new Tensor?[inputs.Length];
        for (int index = 0; index < distinct.Length; index++)
        {
            contributions[Array.FindIndex(inputs, input => ReferenceEquals(input, distinct[index]))] = gradients[index];
        }

        return contributions;
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (2.0 * outputs[0].Shape.ElementCount * inputs[0].Shape[0]) + (15.0 * outputs[0].Shape.ElementCount);
}
