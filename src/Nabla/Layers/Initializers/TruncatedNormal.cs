namespace Nabla.Layers.Initializers;

/// <summary>Numbers of the normal distribution, drawn anew where they are more than two standard deviations from the mean.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The standard deviation of the whole distribution, above 0; without its tails it is 0.8796 of that.</param>
public sealed record TruncatedNormal(double Mean = 0, double Deviation = 0.05) : Initializer
{
    private const float Limit = 2;

    /// <summary>Their mean.</summary>
    public double Mean { get; } = Finite(Mean, nameof(Mean));

    /// <summary>The standard deviation of the whole distribution.</summary>
    public double Deviation { get; } = Positive(Deviation, nameof(Deviation));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => (Standard(shape, key) * Deviation) + Mean;

    /// <summary>Numbers of mean 0 from the distribution whose deviation without truncation is 1.</summary>
    internal static Tensor Standard(Shape shape, RandomKey key)
    {
        float[] values = key.Normal(shape).ToArray<float>();
        for (int round = 1; Array.Exists(values, IsFar); round++)
        {
            ReadOnlySpan<float> drawn = key.Fold(round).Normal(shape).AsSpan<float>();
            for (int index = 0; index < values.Length; index++)
            {
                values[index] = IsFar(values[index]) ? drawn[index] : values[index];
            }
        }

        return Tensor.From(values, shape);
    }

    private static bool IsFar(float value) => Math.Abs(value) > Limit;
}
