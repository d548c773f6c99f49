namespace Nabla.Layers.Initializers;

/// <summary>Numbers of the normal distribution.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, above 0.</param>
public sealed record RandomNormal(double Mean = 0, double Deviation = 0.05) : Initializer
{
    /// <summary>Their mean.</summary>
    public double Mean { get; } = Finite(Mean, nameof(Mean));

    /// <summary>Their standard deviation.</summary>
    public double Deviation { get; } = Positive(Deviation, nameof(Deviation));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => key.Normal(shape, Mean, Deviation);
}
