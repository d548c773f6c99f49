namespace Nabla.Schedules;

/// <summary>A learning rate that is multiplied by a factor after each so many steps.</summary>
/// <param name="LearningRate">The rate at first, 0 or more.</param>
/// <param name="Every">The steps between two drops.</param>
/// <param name="Factor">What is left after a drop.</param>
public sealed record StepDecay(double LearningRate, int Every, double Factor = 0.1) : Schedule
{
    /// <summary>The rate at first, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <summary>The steps between two drops.</summary>
    public int Every { get; } = Limits.AtLeast(1, Every);

    /// <summary>What is left after a drop.</summary>
    public double Factor { get; } = Limits.NotNegative(Factor);

    /// <inheritdoc/>
    protected override double Rate(int step) => LearningRate * Math.Pow(Factor, step / Every);
}
