namespace Nabla.Ops.Attentions;

/// <summary>
/// Scaled dot-product attention. Inputs: queries <c>[batch, queries, heads, size]</c>, keys <c>[batch, keys, keyHeads, size]</c>, values
/// <c>[batch, keys, keyHeads, valueSize]</c>, then the int32 lengths <c>[batch]</c> if there are any, then a bias
/// <c>[batch or 1, heads or 1, queries, keys]</c> if there is one. Results: the means of values <c>[batch, queries, heads, valueSize]</c> and for the
/// backward pass the logarithms of the sums of exponentials <c>[batch, heads, queries]</c>, 0 where no key is seen.
/// </summary>
/// <param name="Scale">What the products are multiplied by.</param>
/// <param name="Causal">Whether query i sees the keys up to i + keys - queries alone.</param>
/// <param name="Alibi">Whether scores fall linearly with the distance.</param>
/// <param name="HasLengths">Whether lengths are among the inputs.</param>
/// <param name="HasBias">Whether a bias is.</param>
internal sealed record Attention(double Scale, bool Causal, bool Alibi, bool HasLengths, bool HasBias) : Op
{
    /// <summary>The lengths of the key sequences; null when all are full.</summary>
    public Tensor? Lengths(Tensor[] inputs) => HasLengths ? inputs[3] : null;

    /// <summary>What is added to the scores; null for nothing.</summary>
    public Tensor? Bias(Tensor[] inputs) => HasBias ? inputs[BiasPlace] : null;

    /// <summary>By how much the scores of each head fall a step of distance.</summary>
    public static double[] Slopes(int heads) => [.. Enumerable.Range(0, heads).Select(head => Slope(head, heads))];

    /// <summary>By how much the scores of a head fall a step of distance.</summary>
    public static double Slope(int head, int heads) => Math.Pow(2, -8.0 * (head + 1) / heads);

    private int BiasPlace => HasLengths ? 4 : 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType query, TensorType key, TensorType value) = (inputs[0], inputs[1], inputs[2]);
        bool fits = query.DataType.IsFloating && query.DataType == key.DataType && key.DataType == value.DataType
            && query.Shape.Rank == 4 && key.Shape.Rank == 4 && value.Shape.Rank == 4
            && key.Shape == query.Shape.With(1, key.Shape[1]).With(2, key.Shape[2]) && value.Shape == key.Shape.With(-1, value.Shape[-1])
            && key.Shape[2] > 0 && query.Shape[2] % key.Shape[2] == 0;
        if (!fits)
        {
            throw Error(
                $"expects floating-point queries [batch, queries, heads, size], keys [batch, keys, keyHeads, size] and values [batch, keys, keyHeads, valueSize], "
                + $"heads a multiple of keyHeads, but got {query}, {key} and {value}.");
        }

        if (HasLengths && inputs[3] != new TensorType(DataType.Int32, [query.Shape[0]]))
        {
            throw Error($"expects lengths int32 [{query.Shape[0]}] but got {inputs[3]}.");
        }

        if (HasBias)
        {
            RequireBias(inputs[BiasPlace], query, key.Shape[1]);
        }

        (int batch, int queries, int heads) = (query.Shape[0], query.Shape[1], query.Shape[2]);
        return [query with { Shape = [batch, queries, heads, value.Shape[3]] }, query with { Shape = [batch, heads, queries] }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        bool biasLearns = HasBias && wanted[BiasPlace];
        if (cotangents[0] is not { } ofOutputs || cotangents[1] is not null || biasLearns)
        {
            return Composed(inputs, cotangents);
        }

        Tensor[] results = new AttentionGradient(this).Apply([.. inputs, outputs[0], outputs[1], ofOutputs]);
        return [.. results, .. new Tensor?[inputs.Length - results.Length]];
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs)
    {
        double pairs = (double)outputs[1].Shape.ElementCount * inputs[1].Shape[1];
        return (2 * MultiplyAdds(inputs, outputs)) + (5 * pairs);
    }

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)outputs[1].Shape.ElementCount * inputs[1].Shape[1] * (inputs[0].Shape[3] + inputs[2].Shape[3]);

    private Tensor?[] Composed(Tensor[] inputs, Tensor?[] cotangents)
    {
        Tensor[] apart = Composition.Apart(inputs);
        Tensor[] differentiable = HasLengths ? [.. apart[..3], .. apart[4..]] : apart;
        Tensor?[] gradients = Composition.Gradient(() => AttentionComposition.Forward(this, apart), differentiable, cotangents);
        return HasLengths ? [.. gradients[..3], null, .. gradients[3..]] : gradients;
    }

    private void RequireBias(TensorType bias, TensorType query, int keys)
    {
        Shape shape = bias.Shape;
        bool fits = bias.DataType == query.DataType && shape.Rank == 4 && (shape[0] == 1 || shape[0] == query.Shape[0])
            && (shape[1] == 1 || shape[1] == query.Shape[2]) && shape[2] == query.Shape[1] && shape[3] == keys;
        if (!fits)
        {
            throw Error($"expects a bias {query.DataType.Label} [{query.Shape[0]} or 1, {query.Shape[2]} or 1, {query.Shape[1]}, {keys}] but got {bias}.");
        }
    }
}
