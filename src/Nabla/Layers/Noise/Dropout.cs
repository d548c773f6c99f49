using System.Text.Json.Nodes;
using Nabla.Ops.Random;

namespace Nabla.Layers;

/// <summary>
/// While training sets each element to zero with a probability and scales the others so that the mean stays (Srivastava et al., Dropout:
/// A Simple Way to Prevent Neural Networks from Overfitting, 2014).
/// </summary>
/// <param name="rate">The probability, from 0 up to but not including 1.</param>
public sealed class Dropout(double rate) : RandomLayer
{
    private readonly double rate = Rate(rate);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["rate"] = rate };

    /// <inheritdoc/>
    protected override Tensor Disturb(Tensor input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (rate == 0)
        {
            return input;
        }

        int share = Math.Max(1, (int)Math.Round((1 - rate) * RandomMask.Whole));
        return new RandomMask(key, input.Shape, share).ApplyOne().Where(input * (1 / (1 - rate)), 0);
    }
}
