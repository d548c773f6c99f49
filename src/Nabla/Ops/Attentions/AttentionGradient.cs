namespace Nabla.Ops.Attentions;

/// <summary>
/// The backward pass of <see cref="Attention"/>, which makes the weights again from the scores. Inputs: those of the forward pass, its two results and
/// the cotangent of the first. Results: the gradients of queries, keys and values.
/// </summary>
/// <param name="Forward">The forward pass.</param>
internal sealed record AttentionGradient(Attention Forward) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0], inputs[1], inputs[2]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor[] apart = Composition.Apart(inputs);
        Tensor[] differentiable = [.. apart.Where(input => input.DataType.IsFloating)];
        Tensor?[] gradients = Composition.Gradient(() => AttentionComposition.Backward(this, apart), differentiable, cotangents);
        return Forward.HasLengths ? [.. gradients[..3], null, .. gradients[3..]] : gradients;
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs)
    {
        double pairs = (double)inputs[^2].Shape.ElementCount * inputs[1].Shape[1];
        return pairs * ((6.0 * inputs[0].Shape[3]) + (4.0 * inputs[2].Shape[3]) + 8);
    }
}
