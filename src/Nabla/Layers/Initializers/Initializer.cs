namespace Nabla.Layers.Initializers;

/// <summary>Makes the first values of a parameter.</summary>
public abstract record Initializer
{
    /// <summary>The first values, float32.</summary>
    /// <param name="shape">The shape of the parameter; a kernel has its sizes, then inputs, then outputs: <c>[..., inputs, outputs]</c>.</param>
    /// <param name="key">Where random numbers come from: the same key gives the same values.</param>
    public abstract Tensor Create(Shape shape, RandomKey key);

    private protected static double Finite(double value, string name) => double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "An initializer expects finite numbers.");

    private protected static double Positive(double value, string name) => double.IsFinite(value) && value > 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"An initializer expects a finite {name} above 0.");
}
