namespace Nabla.Layers.Initializers;

/// <summary>
/// Uniform numbers of variance 2 / (inputs + outputs), which keeps the size of signals and gradients (Glorot and Bengio, Understanding
/// the difficulty of training deep feedforward neural networks, 2010).
/// </summary>
public static class GlorotUniform
{
    /// <summary>Initial weights.</summary>
    /// <param name="shape">Kernel sizes, then inputs, then outputs: <c>[..., inputs, outputs]</c>.</param>
    /// <param name="key">Where the numbers come from.</param>
    public static Tensor Create(Shape shape, RandomKey key)
    {
        int taps = shape.Product(0, shape.Rank - 2);
        double limit = Math.Sqrt(6.0 / (taps * ((double)shape[-2] + shape[-1])));
        return (key.Uniform(shape) * (2 * limit)) - limit;
    }
}
