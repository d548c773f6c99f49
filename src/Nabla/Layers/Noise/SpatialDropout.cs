using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// <see cref="Dropout"/> of whole channels, whose neighbouring elements say much the same (Tompson et al., Efficient Object Localization Using
/// Convolutional Networks, 2015).
/// </summary>
public abstract class SpatialDropout : RandomLayer
{
    private readonly double rate;
    private readonly int rank;
    private readonly string expected;

    private protected SpatialDropout(double rate, int rank, string expected) => (this.rate, this.rank, this.expected) = (Rate(rate), rank, expected);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == rank ? input : throw Unfit(expected, input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["rate"] = rate };

    /// <inheritdoc/>
    protected override Tensor Disturb(Tensor input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        Shape channels = [input.Shape[0], .. Enumerable.Repeat(1, rank - 1), input.Shape[-1]];
        return rate == 0 ? input : input * Mask(channels, input.DataType, rate, key);
    }
}

/// <summary>While training sets whole channels of sequences <c>[batch, time, channels]</c> to zero.</summary>
/// <param name="rate">The probability for each channel, from 0 up to but not including 1.</param>
public sealed class SpatialDropout1D(double rate) : SpatialDropout(rate, rank: 2, "[batch, time, channels]");

/// <summary>While training sets whole channels of images <c>[batch, height, width, channels]</c> to zero.</summary>
/// <param name="rate">The probability for each channel, from 0 up to but not including 1.</param>
public sealed class SpatialDropout2D(double rate) : SpatialDropout(rate, rank: 3, "[batch, height, width, channels]");
