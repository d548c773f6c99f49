using System.Text.Json.Nodes;
using Nabla.Ops.Normalizations;

namespace Nabla.Layers;

/// <summary>
/// Divides the last axis of each row by its root mean square: <c>x / sqrt(mean(x²) + epsilon) * scale</c> (Zhang and Sennrich, Root Mean Square
/// Layer Normalization, 2019). It has no bias unless asked for.
/// </summary>
/// <param name="epsilon">What is added to the mean square, above 0.</param>
public sealed class RmsNorm(double epsilon = 1e-6) : NormalizationLayer(epsilon, useBias: false)
{
    /// <inheritdoc/>
    public override JsonObject Describe() => [];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Require(input);
        return new RowNormalization(Epsilon, Centered: false).ApplyOne(input, ScaleOf(input), BiasOf(input));
    }
}
