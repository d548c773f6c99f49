namespace Nabla.Schedules;

/// <summary>One learning rate for all steps.</summary>
/// <param name="LearningRate">The rate, 0 or more.</param>
public sealed record Constant(double LearningRate) : Schedule
{
    /// <summary>The rate, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <inheritdoc/>
    protected override double Rate(int step) => LearningRate;
}
