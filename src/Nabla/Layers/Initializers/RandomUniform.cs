namespace Nabla.Layers.Initializers;

/// <summary>Numbers of a range, each equally likely.</summary>
/// <param name="Low">Where the range begins.</param>
/// <param name="High">Where the range ends, not below where it begins.</param>
public sealed record RandomUniform(double Low = -0.05, double High = 0.05) : Initializer
{
    /// <summary>Where the range begins.</summary>
    public double Low { get; } = Finite(Low, nameof(Low));

    /// <summary>Where the range ends.</summary>
    public double High { get; } = High >= Low
        ? Finite(High, nameof(High))
        : throw new ArgumentException($"RandomUniform expects a range but got {Low} to {High}.", nameof(High));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key) => (key.Uniform(shape) * (High - Low)) + Low;
}
