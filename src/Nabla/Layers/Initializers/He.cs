namespace Nabla.Layers.Initializers;

/// <summary>
/// Uniform numbers of variance 2 / inputs, for layers before a <c>Relu</c>, which halves the size of signals (He et al., Delving Deep into
/// Rectifiers, 2015).
/// </summary>
public sealed record HeUniform() : VarianceScaling(2, FanMode.Inputs, WeightDistribution.Uniform);

/// <summary>Numbers of the truncated normal distribution with the variance of <see cref="HeUniform"/>.</summary>
public sealed record HeNormal() : VarianceScaling(2, FanMode.Inputs, WeightDistribution.TruncatedNormal);
