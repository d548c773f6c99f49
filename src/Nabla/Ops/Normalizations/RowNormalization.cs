namespace Nabla.Ops.Normalizations;

/// <summary>
/// <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c> with the mean and the variance of each row (Ba et al., Layer Normalization, 2016), or
/// with 0 and the mean square (Zhang and Sennrich, Root Mean Square Layer Normalization, 2019). Inputs: x <c>[..., channels]</c>, scale and bias
/// <c>[channels]</c>. Results: that of x's shape, the means and the variances <c>[..., 1]</c>.
/// </summary>
/// <param name="Epsilon">What is added to the variances.</param>
/// <param name="Centered">Whether means are subtracted; else they count as 0.</param>
internal sealed record RowNormalization(double Epsilon, bool Centered) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        NormalizationTypes.Channel(Name, inputs[0], inputs[1], inputs[2]);
        TensorType row = inputs[0] with { Shape = inputs[0].Shape.With(-1, 1) };
        return [inputs[0], row, row];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        cotangents is [{ } cotangent, null, null]
            ? new RowNormalizationGradient(Epsilon, Centered).Apply(inputs[0], inputs[1], outputs[1], outputs[2], cotangent)
            : Composition.Gradient(() => Compose(inputs[0], inputs[1], inputs[2]), inputs, cotangents);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 8.0 * inputs[0].Shape.ElementCount;

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[0].Shape.ElementCount;

    private Tensor[] Compose(Tensor x, Tensor scale, Tensor bias)
    {
        Tensor mean = Centered ? x.Mean([-1], keepDimensions: true) : Tensor.Zeros(x.Shape.With(-1, 1), x.DataType);
        Tensor centered = x - mean;
        Tensor variance = centered.Square().Mean([-1], keepDimensions: true);
        return [(centered * (variance + Epsilon).Rsqrt() * scale) + bias, mean, variance];
    }
}

/// <summary>
/// The gradient of <see cref="RowNormalization"/> with respect to x, scale and bias. Inputs: x, scale, the means and the variances, and the
/// cotangent of the normalised x.
/// </summary>
/// <param name="Epsilon">What is added to the variances.</param>
/// <param name="Centered">Whether means are subtracted.</param>
internal sealed record RowNormalizationGradient(double Epsilon, bool Centered) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0], inputs[1], inputs[1]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        Composition.Gradient(() => Compose(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]), inputs, cotangents);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 14.0 * inputs[0].Shape.ElementCount;

    private Tensor[] Compose(Tensor x, Tensor scale, Tensor mean, Tensor variance, Tensor cotangent)
    {
        int[] axes = NormalizationTypes.AllButLast(x);
        Tensor factor = (variance + Epsilon).Rsqrt();
        Tensor normalized = (x - mean) * factor;
        Tensor scaled = cotangent * scale;
        Tensor rest = scaled - (normalized * (scaled * normalized).Mean([-1], keepDimensions: true));
        rest = Centered ? rest - scaled.Mean([-1], keepDimensions: true) : rest;
        return [rest * factor, (cotangent * normalized).Sum(axes), cotangent.Sum(axes)];
    }
}
