using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Normalises groups of neighbouring channels, the last axis, of each sample over all axes but the batch:
/// <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c>, whatever the size of the batch (Wu and He, Group Normalization, 2018). One group is
/// layer normalisation over the whole sample, a group for each channel instance normalisation.
/// </summary>
public sealed class GroupNorm : NormalizationLayer
{
    private readonly int groups;

    /// <summary>A normalisation over groups.</summary>
    /// <param name="groups">The number of groups, which divides that of the channels.</param>
    /// <param name="epsilon">What is added to the variance, above 0.</param>
    public GroupNorm(int groups = 32, double epsilon = 1e-5)
        : base(epsilon)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        this.groups = groups;
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => base.OutputShape(input)[-1] % groups == 0
        ? input
        : throw Unfit($"channels that {groups} groups divide", input);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["groups"] = groups };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Require(input);
        int channels = input.Shape[-1];
        Tensor grouped = input.Reshape(input.Shape[0], input.Shape.Product(1, input.Rank - 1), groups, channels / groups);
        Tensor centered = grouped - grouped.Mean([1, 3], keepDimensions: true);
        Tensor variance = centered.Square().Mean([1, 3], keepDimensions: true);
        Tensor normalized = (centered * (variance + Epsilon).Rsqrt()).Reshape(input.Shape.AsSpan());
        Tensor scaled = Scale is { } scale ? normalized * scale : normalized;
        return Bias is { } bias ? scaled + bias : scaled;
    }
}
