using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// While training multiplies each element by a normally distributed number of mean 1 and variance <c>rate / (1 - rate)</c>, the variance of
/// <see cref="Dropout"/> (Srivastava et al., 2014, section 10).
/// </summary>
/// <param name="rate">The probability of the dropout that it is like, from 0 up to but not including 1.</param>
public sealed class GaussianDropout(double rate) : RandomLayer
{
    private readonly double rate = Rate(rate);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["rate"] = rate };

    /// <inheritdoc/>
    protected override Tensor Disturb(Tensor input, RandomKey key) => input * key.Normal(input.Shape, 1, Math.Sqrt(rate / (1 - rate)), input.DataType);
}
