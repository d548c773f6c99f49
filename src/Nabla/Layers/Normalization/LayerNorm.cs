using System.Text.Json.Nodes;
using Nabla.Ops.Normalizations;

namespace Nabla.Layers;

/// <summary>
/// Normalises the last axis of each row alone: <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c> (Ba et al., Layer Normalization, 2016).
/// </summary>
/// <param name="epsilon">What is added to the variance, above 0.</param>
public sealed class LayerNorm(double epsilon = 1e-5) : NormalizationLayer(epsilon)
{
    /// <inheritdoc/>
    public override JsonObject Describe() => [];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Require(input);
        return new RowNormalization(Epsilon, Centered: true).ApplyOne(input, ScaleOf(input), BiasOf(input));
    }
}
