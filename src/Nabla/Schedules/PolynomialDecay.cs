namespace Nabla.Schedules;

/// <summary>A learning rate that falls to its end along a power of what is left of the steps; a straight line for a power of 1.</summary>
/// <param name="LearningRate">The rate at first, 0 or more.</param>
/// <param name="Steps">The steps until the final rate.</param>
/// <param name="FinalRate">The rate from the end on, 0 or more.</param>
/// <param name="Power">The power, above 0.</param>
public sealed record PolynomialDecay(double LearningRate, int Steps, double FinalRate = 0, double Power = 1) : Schedule
{
    /// <summary>The rate at first, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <summary>The steps until the final rate.</summary>
    public int Steps { get; } = Limits.AtLeast(1, Steps);

    /// <summary>The rate from the end on, 0 or more.</summary>
    public double FinalRate { get; } = Limits.NotNegative(FinalRate);

    /// <summary>The power, above 0.</summary>
    public double Power { get; } = Limits.Positive(Power);

    /// <inheritdoc/>
    protected override double Rate(int step) => FinalRate + ((LearningRate - FinalRate) * Math.Pow(1 - Math.Min(1, (double)step / Steps), Power));
}
