namespace Nabla.Schedules;

/// <summary>A learning rate that shrinks by a factor in each so many steps, a little in each.</summary>
/// <param name="LearningRate">The rate at first, 0 or more.</param>
/// <param name="Steps">The steps in which the factor comes to its full effect.</param>
/// <param name="Factor">What is left after those steps.</param>
public sealed record ExponentialDecay(double LearningRate, int Steps, double Factor) : Schedule
{
    /// <summary>The rate at first, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <summary>The steps in which the factor comes to its full effect.</summary>
    public int Steps { get; } = Limits.AtLeast(1, Steps);

    /// <summary>What is left after those steps.</summary>
    public double Factor { get; } = Limits.NotNegative(Factor);

    /// <inheritdoc/>
    protected override double Rate(int step) => LearningRate * Math.Pow(Factor, (double)step / Steps);
}
