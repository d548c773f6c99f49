using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Adds to each step of <c>[batch, time, features]</c> sines and cosines of its place: feature 2 i gets <c>sin(place / 10000^(2 i / features))</c>, feature
/// 2 i + 1 the cosine (Vaswani et al., Attention Is All You Need, 2017, section 3.5, arXiv 1706.03762). In a pass with a
/// <see cref="ForwardContext.State"/> places go on behind those of earlier passes.
/// </summary>
public sealed class SinusoidalPositions : Layer
{
    /// <summary>
    /// Whether the inputs are multiplied by the root of the features first, so that vectors of a small deviation count beside the sines (the same paper,
    /// section 3.4); false by default.
    /// </summary>
    public bool ScalesInput { get; init; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 ? input : throw Unfit("[batch, time, features]", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["scalesInput"] = ScalesInput ? true : null };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.Rank != 3)
        {
            throw Unfit("[batch, time, features]", input);
        }

        (int time, int features) = (input.Shape[1], input.Shape[2]);
        Tensor waves = Tensor.From(Waves(context.State?.Position ?? 0, time, features), [time, features]).To(input.DataType);
        return (ScalesInput ? input * Math.Sqrt(features) : input) + waves;
    }

    private static double[] Waves(int start, int time, int features)
    {
        double[] waves = new double[time * features];
        for (int index = 0; index < waves.Length; index++)
        {
            (int step, int feature) = Math.DivRem(index, features);
            double angle = (start + step) * Math.Pow(10_000, -(double)(feature - (feature % 2)) / features);
            waves[index] = feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
        }

        return waves;
    }
}
