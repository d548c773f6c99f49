namespace Nabla;

/// <summary>
/// How rotary positions reach beyond the length that a model was first trained with: angles grow more slowly by a factor (Chen et al., Extending Context Window of
/// Large Language Models via Positional Interpolation, 2023, arXiv 2306.15595), all of them or, with <see cref="OriginalLength"/>, the slow ones (as in
/// Llama 3.1: Grattafiori et al., The Llama 3 Herd of Models, 2024, arXiv 2407.21783).
/// </summary>
/// <param name="Factor">What angles are divided by, above 0.</param>
public sealed record RotaryScaling(double Factor)
{
    /// <summary>What angles are divided by.</summary>
    public double Factor { get; } = Limits.Positive(Factor, nameof(Factor));

    /// <summary>
    /// The steps that the model was first trained with: frequencies that turn more than <see cref="HighFactor"/> times in them stay, those that turn less than
    /// <see cref="LowFactor"/> times are divided, and those between are mixed of both. Null to divide all.
    /// </summary>
    public int? OriginalLength { get; init => field = value is { } length ? Limits.AtLeast(1, length, nameof(OriginalLength)) : null; }

    /// <summary>The turns below which a frequency is divided as a whole, above 0.</summary>
    public double LowFactor { get; init => field = Limits.Positive(value, nameof(LowFactor)); } = 1;

    /// <summary>The turns above which a frequency stays as it is, above <see cref="LowFactor"/>.</summary>
    public double HighFactor { get; init => field = Limits.Positive(value, nameof(HighFactor)); } = 4;

    /// <summary>The angle of one step, scaled.</summary>
    internal double Apply(double frequency)
    {
        if (OriginalLength is not { } length)
        {
            return frequency / Factor;
        }

        double turns = length * frequency / (2 * Math.PI);
        double kept = Math.Clamp((turns - LowFactor) / (HighFactor - LowFactor), 0, 1);
        return ((1 - kept) * frequency / Factor) + (kept * frequency);
    }
}
