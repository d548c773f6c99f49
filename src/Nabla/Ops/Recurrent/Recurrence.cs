using Nabla.Ops.Products;

namespace Nabla.Ops.Recurrent;

/// <summary>
/// All steps of a recurrent network over inputs that one large product has projected. Inputs: the projected inputs
/// <c>[batch, time, gates * units]</c>, the recurrent kernel <c>[units, gates * units]</c>, the recurrent bias <c>[gates * units]</c>, the int32
/// lengths <c>[batch]</c>, the first state <c>[batch, units]</c> and for the long short-term memory the first cell <c>[batch, units]</c>. Steps from
/// a length on keep the state. With <c>Drops</c> the last input is a mask <c>[batch, units]</c> that the state is multiplied by before each recurrent
/// product, the same at all steps (Gal and Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent Neural Networks, 2016). With
/// <c>RoundsStates</c> the products read states in steps of 1/127 of the largest number that those of a sequence can have: 1, or that of its first state.
/// Gradients pass the rounding as if it were not there. Results: the states <c>[batch, time, units]</c>; of gated cells also the cells (of the gated recurrent unit the
/// recurrent part of the candidate) <c>[batch, time, units]</c> and the gates <c>[batch, time, gates * units]</c>.
/// </summary>
/// <param name="Cell">What a step computes.</param>
/// <param name="Reverse">Whether the steps run from the last to the first.</param>
/// <param name="Drops">Whether a mask for the state is given.</param>
/// <param name="RoundsStates">Whether states are rounded before they are multiplied.</param>
internal sealed record Recurrence(RecurrentCell Cell, bool Reverse, bool Drops = false, bool RoundsStates = false) : Op
{
    /// <summary>How many steps rounded states reach up and down.</summary>
    public const int LargestStep = 127;

    /// <summary>The place of the first cell among the inputs; that of the first state for cells without one.</summary>
    public int FirstCell => Cell == RecurrentCell.Lstm ? 5 : 4;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType projected = inputs[0];
        int gates = Cell.Gates();
        if (!projected.DataType.IsFloating || projected.Shape.Rank != 3 || projected.Shape[1] == 0 || projected.Shape[2] % gates != 0)
        {
            throw Error($"expects floating-point [batch, time, {gates} * units] of one step at least but got {projected}.");
        }

        if (RoundsStates && (Cell == RecurrentCell.Relu || Drops || projected.DataType != DataType.Float32))
        {
            throw Error($"with rounded states expects float32, no mask and a cell whose states have a largest number but got {projected}, {Cell}{(Drops ? " with a mask" : "")}.");
        }

        int units = projected.Shape[2] / gates;
        Require("a recurrent kernel", inputs[1], projected with { Shape = [units, gates * units] });
        Require("a recurrent bias", inputs[2], projected with { Shape = [gates * units] });
        Require("lengths", inputs[3], new TensorType(DataType.Int32, [projected.Shape[0]]));
        for (int state = 4; state < inputs.Length; state++)
        {
            Require(state > FirstCell ? "a mask of the state" : "a first state", inputs[state], projected with { Shape = [projected.Shape[0], units] });
        }

        TensorType sequence = projected with { Shape = projected.Shape.With(-1, units) };
        return Cell.KeepsGates() ? [sequence, sequence, projected] : [sequence];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        bool isPlain = Cell switch
        {
            RecurrentCell.Lstm => cotangents[2] is null,
            RecurrentCell.Gru => cotangents[1] is null && cotangents[2] is null,
            _ => true,
        };
        return isPlain && !(Drops && wanted[^1])
            ? Backward(inputs, outputs, cotangents, wanted)
            : Composed(inputs, cotangents);
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (2 * MultiplyAdds(inputs, outputs)) + (10.0 * inputs[0].Shape.ElementCount);

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)inputs[0].Shape.ElementCount * inputs[1].Shape[0];

    private Tensor?[] Composed(Tensor[] inputs, Tensor?[] cotangents)
    {
        Tensor[] differentiable = [.. inputs[..3], .. inputs[4..]];
        Tensor?[] gradients = Composition.Gradient(() => RecurrenceComposition.Forward(this, inputs), differentiable, cotangents);
        return [.. gradients[..3], null, .. gradients[3..]];
    }

    private Tensor?[] Backward(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor hidden, Tensor first) = (outputs[0], inputs[4]);
        Tensor memory = Cell.KeepsGates() ? outputs[1] : hidden;
        Tensor gates = Cell.KeepsGates() ? outputs[2] : hidden;
        Tensor ofHidden = cotangents[0] ?? Tensor.Zeros(hidden.Shape, hidden.DataType);
        Tensor ofMemory = Cell != RecurrentCell.Lstm ? ofHidden : cotangents[1] ?? Tensor.Zeros(hidden.Shape, hidden.DataType);
        Tensor[] given = [inputs[1], inputs[3], first, inputs[FirstCell], hidden, memory, gates, ofHidden, ofMemory];
        Tensor[] results = new RecurrenceGradient(Cell, Reverse, Drops).Apply(Drops ? [.. given, inputs[^1]] : given);
        Tensor recurrent = results[Cell == RecurrentCell.Gru ? 1 : 0];
        int rows = hidden.Shape[0] * hidden.Shape[1];
        Tensor?[] contributions =
        [
            results[0],
            wanted[1]
                ? new MatMul(TransposeLeft: true).ApplyOne(
                    Multiplied(Previous(hidden, first), inputs).Reshape(rows, -1), recurrent.Reshape(rows, -1))
                : null,
            wanted[2] ? recurrent.Sum([0, 1]) : null,
            null,
            results[Cell == RecurrentCell.Gru ? 2 : 1],
        ];
        Tensor?[] all = Cell == RecurrentCell.Lstm ? [.. contributions, results[2]] : contributions;
        return Drops ? [.. all, null] : all;
    }

    /// <summary>The states as the recurrent product sees them.</summary>
    private Tensor Multiplied(Tensor states, Tensor[] inputs) => Drops ? states * inputs[^1].ExpandDimensions(1) : states;

    /// <summary>For each step the state that it began with.</summary>
    private Tensor Previous(Tensor hidden, Tensor first)
    {
        int rest = hidden.Shape[1] - 1;
        Tensor begin = first.ExpandDimensions(1);
        return rest == 0 ? begin
            : Reverse ? ShapeOps.Concatenate(1, hidden.Slice(1, 1, rest), begin)
            : ShapeOps.Concatenate(1, begin, hidden.Slice(1, 0, rest));
    }

    private void Require(string what, TensorType got, TensorType expected)
    {
        if (got != expected)
        {
            throw Error($"expects {what} {expected} but got {got}.");
        }
    }
}
