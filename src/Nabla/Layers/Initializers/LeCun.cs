namespace Nabla.Layers.Initializers;

/// <summary>
/// Uniform numbers of variance 1 / inputs (LeCun et al., Efficient BackProp, 1998), which self-normalising networks with <c>Selu</c> need.
/// </summary>
public sealed record LeCunUniform() : VarianceScaling(1, FanMode.Inputs, WeightDistribution.Uniform);

/// <summary>Numbers of the truncated normal distribution with the variance of <see cref="LeCunUniform"/>.</summary>
public sealed record LeCunNormal() : VarianceScaling(1, FanMode.Inputs, WeightDistribution.TruncatedNormal);
