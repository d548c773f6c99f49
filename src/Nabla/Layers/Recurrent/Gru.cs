using System.Text.Json.Nodes;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Layers;

/// <summary>
/// The gated recurrent unit (Cho et al., Learning Phrase Representations, 2014). The columns of its kernels and biases are those of the reset gate, the
/// update gate and the candidate, as in PyTorch. Its reset gate stands behind the recurrent product, as in PyTorch and in Keras by default, and then it
/// has a <c>recurrentBias</c>; with <see cref="ResetAfter"/> false before it, as in the paper.
/// </summary>
/// <param name="units">The numbers of a state.</param>
public sealed class Gru(int units) : RecurrentLayer(units, RecurrentCell.Gru, ActivationKind.Tanh)
{
    /// <summary>Whether the reset gate stands behind the recurrent product, which is one fused op; before it a step is a graph of its own. True by default.</summary>
    public bool ResetAfter { get; init; } = true;

    /// <inheritdoc/>
    private protected override bool HasRecurrentBias => ResetAfter && UseBias;

    /// <inheritdoc/>
    public override JsonObject Describe()
    {
        JsonObject description = base.Describe();
        description["resetAfter"] = ResetAfter ? null : false;
        return description;
    }

    /// <inheritdoc/>
    private protected override Tensor[] Walk(List<Tensor> inputs, Tensor? mask) => ResetAfter
        ? base.Walk(inputs, mask)
        : [WalkResetBefore(inputs[0], inputs[1], inputs[3], inputs[4], mask)];

    /// <summary><c>n = tanh(x + (r h) U)</c>, <c>h' = (1 - z) n + z h</c>.</summary>
    private Tensor WalkResetBefore(Tensor projected, Tensor kernel, Tensor lengths, Tensor hidden, Tensor? mask)
    {
        int size = Units;
        Tensor places = Tensor.Range(0, projected.Shape[1], 1).To(DataType.Int32);
        Tensor alive = places.ExpandDimensions(0).Less(lengths.ExpandDimensions(1)).To(projected.DataType).ExpandDimensions(-1);
        return Scanning.Scan(
            (states, slices) =>
            {
                (Tensor last, Tensor input) = (states[0], slices[0]);
                Tensor seen = mask is null ? last : last * mask;
                Tensor gates = (input.Slice(-1, 0, 2 * size) + seen.MatMul(kernel.Slice(-1, 0, 2 * size))).Sigmoid();
                (Tensor reset, Tensor update) = (gates.Slice(-1, 0, size), gates.Slice(-1, size, size));
                Tensor candidate = (input.Slice(-1, 2 * size, size) + (reset * seen).MatMul(kernel.Slice(-1, 2 * size, size))).Tanh();
                Tensor next = last + ((1 - update) * (candidate - last) * slices[1]);
                return ([next], [next]);
            },
            [hidden], [projected, alive], GoBackwards).Outputs[0];
    }
}
