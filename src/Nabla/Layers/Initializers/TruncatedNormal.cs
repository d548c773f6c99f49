namespace Nabla.Layers.Initializers;

/// <summary>Numbers of the normal distribution without those more than two standard deviations from the mean.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The standard deviation of the whole distribution, above 0; without its tails it is 0.8796 of that.</param>
public sealed record TruncatedNormal(double Mean = 0, double Deviation = 0.05) : Initializer
{
    /// <summary>Their mean.</summary>
    public double Mean { get; } = Finite(Mean, nameof(Mean));

    /// <summary>The standard deviation of the whole distribution.</summary>
    public double Deviation { get; } = Positive(Deviation, nameof(Deviation));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => key.TruncatedNormal(shape, Mean, Deviation);
}
