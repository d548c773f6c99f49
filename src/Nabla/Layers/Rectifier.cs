using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// A rectifier with its numbers: x from the threshold up to the limit, the limit above it, and <c>slope * (x - threshold)</c> below the threshold.
/// <c>new Rectifier(limit: 6)</c> is the clipped one of small networks (Sandler et al., MobileNetV2, 2018), <c>new Rectifier(slope: 0.3)</c> a leaky one.
/// </summary>
public sealed class Rectifier : Layer
{
    private readonly double slope;
    private readonly double? limit;
    private readonly double threshold;

    /// <summary>A rectifier.</summary>
    /// <param name="slope">The slope below the threshold, 0 or more.</param>
    /// <param name="limit">What no output is larger than; null for no limit.</param>
    /// <param name="threshold">Where the straight part begins.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, the slope is negative, or the limit lies below the threshold.</exception>
    public Rectifier(double slope = 0, double? limit = null, double threshold = 0)
    {
        this.slope = Limits.NotNegative(slope);
        this.threshold = double.IsFinite(threshold)
            ? threshold
            : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Rectifier expects a finite threshold.");
        this.limit = limit is null ? null : Limits.AtLeast(threshold, limit.Value, nameof(limit));
    }

    /// <summary>The slope below the threshold.</summary>
    public double Slope => slope;

    /// <summary>What no output is larger than; null for no limit.</summary>
    public double? Limit => limit;

    /// <summary>Where the straight part begins.</summary>
    public double Threshold => threshold;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["slope"] = slope == 0 ? null : slope,
        ["limit"] = limit,
        ["threshold"] = threshold == 0 ? null : threshold,
    };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor rectified = threshold == 0
            ? (slope == 0 ? input.Relu() : input.LeakyRelu(slope))
            : input.GreaterOrEqual(threshold).Where(input, (input - threshold) * slope);
        return limit is { } most ? rectified.Clip(double.NegativeInfinity, most) : rectified;
    }
}
