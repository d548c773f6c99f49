using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// While training sets each element to zero with a probability and scales the others so that the mean stays (Srivastava et al., Dropout:
/// A Simple Way to Prevent Neural Networks from Overfitting, 2014).
/// </summary>
/// <param name="rate">The probability, from 0 up to but not including 1.</param>
public sealed class Dropout(double rate) : Layer
{
    private readonly double rate = rate is >= 0 and < 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "Dropout drops from 0 up to but not including 1.");
    private RandomKey layerKey;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["rate"] = rate };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (!context.Training || rate == 0)
        {
            return input;
        }

        Tensor kept = ((context.Key.Fold((long)layerKey.Value).Uniform(input.Shape) - rate).To(input.DataType) + 1).To(DataType.Int32).To(input.DataType);
        return input * kept / (1 - rate);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key) => layerKey = key;
}
