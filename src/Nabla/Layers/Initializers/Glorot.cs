namespace Nabla.Layers.Initializers;

/// <summary>
/// Uniform numbers of variance 2 / (inputs + outputs), which keeps the size of signals and gradients (Glorot and Bengio, Understanding
/// the difficulty of training deep feedforward neural networks, 2010).
/// </summary>
public sealed record GlorotUniform() : VarianceScaling(1, FanMode.Average, WeightDistribution.Uniform);

/// <summary>Numbers of the truncated normal distribution with the variance of <see cref="GlorotUniform"/>.</summary>
public sealed record GlorotNormal() : VarianceScaling(1, FanMode.Average, WeightDistribution.TruncatedNormal);
