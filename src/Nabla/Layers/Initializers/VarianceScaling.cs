namespace Nabla.Layers.Initializers;

/// <summary>
/// Random numbers of mean 0 and variance <c>scale / fan</c>, so that signals keep their size from layer to layer. A kernel
/// <c>[..., inputs, outputs]</c> has as many inputs, or outputs, as its last axes say for each tap before them.
/// </summary>
/// <param name="Scale">The factor of the variance, above 0.</param>
/// <param name="Mode">What the fan is.</param>
/// <param name="Distribution">How the numbers are spread.</param>
public record VarianceScaling(double Scale, FanMode Mode, WeightDistribution Distribution) : Initializer
{
    // The standard deviation of a normal distribution that is cut off at two standard deviations.
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>The factor of the variance.</summary>
    public double Scale { get; } = Positive(Scale, nameof(Scale));

    /// <inheritdoc/>
    public override Tensor Create(Shape shape, RandomKey key)
    {
        double variance = Scale / Math.Max(1, Fan(shape));
        double limit = Math.Sqrt(3 * variance);
        return Distribution switch
        {
            WeightDistribution.Uniform => (key.Uniform(shape) * (2 * limit)) - limit,
            WeightDistribution.TruncatedNormal => key.TruncatedNormal(shape, deviation: Math.Sqrt(variance) / TruncatedDeviation),
            _ => key.Normal(shape, deviation: Math.Sqrt(variance)),
        };
    }

    private double Fan(Shape shape)
    {
        (double inputs, double outputs) = shape.Rank switch
        {
            0 => (1, 1),
            1 => (shape[0], shape[0]),
            _ => (shape[-2], shape[-1]),
        };
        double taps = shape.Product(0, Math.Max(0, shape.Rank - 2));
        return taps * Mode switch
        {
            FanMode.Inputs => inputs,
            FanMode.Outputs => outputs,
            _ => (inputs + outputs) / 2,
        };
    }
}

/// <summary>What the variance of initial weights is divided by.</summary>
public enum FanMode
{
    /// <summary>The numbers that each output sums: keeps the size of signals.</summary>
    Inputs,

    /// <summary>The numbers to which each input contributes: keeps the size of gradients.</summary>
    Outputs,

    /// <summary>The mean of both.</summary>
    Average,
}

/// <summary>How initial weights are spread.</summary>
public enum WeightDistribution
{
    /// <summary>Each number of a range is equally likely.</summary>
    Uniform,

    /// <summary>The normal distribution.</summary>
    Normal,

    /// <summary>The normal distribution without what is more than two standard deviations away.</summary>
    TruncatedNormal,
}
