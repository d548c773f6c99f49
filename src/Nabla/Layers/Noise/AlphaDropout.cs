using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// While training sets each element with a probability to the value that <c>Selu</c> goes to, then scales and shifts all of them so that mean 0
/// and variance 1 stay: for self-normalising networks (Klambauer et al., Self-Normalizing Neural Networks, 2017).
/// </summary>
/// <param name="rate">The probability, from 0 up to but not including 1.</param>
public sealed class AlphaDropout(double rate) : RandomLayer
{
    // -scale * alpha of Selu.
    private const double Dropped = -1.7580993408473768599402175208123;

    private readonly double rate = Rate(rate);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["rate"] = rate };

    /// <inheritdoc/>
    protected override Tensor Disturb(Tensor input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        double keep = 1 - rate;
        double scale = 1 / Math.Sqrt(keep * (1 + (rate * Dropped * Dropped)));
        Tensor kept = key.Bernoulli(input.Shape, keep, input.DataType) * scale;

        // Kept: scale * x + shift. Dropped: scale * dropped + shift.
        double shift = -scale * rate * Dropped;
        return (input * kept) + (((scale - kept) * Dropped) + shift);
    }
}
