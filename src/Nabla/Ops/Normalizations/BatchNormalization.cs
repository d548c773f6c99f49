namespace Nabla.Ops.Normalizations;

/// <summary>
/// <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c> with the mean and the variance of each channel over all rows (Ioffe and Szegedy,
/// Batch Normalization, 2015). Inputs: x <c>[..., channels]</c>, scale and bias <c>[channels]</c>. Results: that of x's shape, the means and the
/// variances <c>[channels]</c>.
/// </summary>
/// <param name="Epsilon">What is added to the variances.</param>
/// <param name="Relu">Whether negative results become zero.</param>
internal sealed record BatchNormalization(double Epsilon, bool Relu = false) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType channel = NormalizationTypes.Channel(Name, inputs[0], inputs[1], inputs[2]);
        return [inputs[0], channel, channel];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        cotangents is [{ } cotangent, null, null]
            ? new BatchNormalizationGradient(Epsilon, Relu).Apply([inputs[0], inputs[1], outputs[1], outputs[2], cotangent, .. Relu ? outputs[..1] : []])
            : Composition.Gradient(() => Compose(inputs[0], inputs[1], inputs[2]), inputs, cotangents);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 8.0 * inputs[0].Shape.ElementCount;

    private Tensor[] Compose(Tensor x, Tensor scale, Tensor bias)
    {
        int[] axes = NormalizationTypes.AllButLast(x);
        Tensor mean = x.Mean(axes);
        Tensor centered = x - mean;
        Tensor variance = centered.Square().Mean(axes);
        Tensor normalized = (centered * ((variance + Epsilon).Rsqrt() * scale)) + bias;
        return [Relu ? normalized.Relu() : normalized, mean, variance];
    }
}

/// <summary>
/// The gradient of <see cref="BatchNormalization"/> with respect to x, scale and bias. Inputs: x, scale, the means and the variances, and the
/// cotangent of the normalised x; then, if it is gated, the rectified results: where they are not positive the cotangent counts as zero.
/// </summary>
/// <param name="Epsilon">What is added to the variances.</param>
/// <param name="Gated">Whether a rectifier stood behind.</param>
internal sealed record BatchNormalizationGradient(double Epsilon, bool Gated = false) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0], inputs[1], inputs[1]];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        Composition.Gradient(
            () => Compose(inputs[0], inputs[1], inputs[2], inputs[3], Gated ? inputs[4].Gate(inputs[5]) : inputs[4]), inputs, cotangents);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 12.0 * inputs[0].Shape.ElementCount;

    private Tensor[] Compose(Tensor x, Tensor scale, Tensor mean, Tensor variance, Tensor cotangent)
    {
        int[] axes = NormalizationTypes.AllButLast(x);
        Tensor factor = (variance + Epsilon).Rsqrt();
        Tensor normalized = (x - mean) * factor;
        Tensor bias = cotangent.Sum(axes);
        Tensor slope = (cotangent * normalized).Sum(axes);
        double rows = (double)x.ElementCount / x.Shape[-1];
        return [(cotangent - ((bias + (normalized * slope)) * (1 / rows))) * (scale * factor), slope, bias];
    }
}
