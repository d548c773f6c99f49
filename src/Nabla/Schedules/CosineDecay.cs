namespace Nabla.Schedules;

/// <summary>A learning rate that falls to its end along half a wave of the cosine, after a straight rise if wanted (Loshchilov and Hutter, SGDR: Stochastic
/// Gradient Descent with Warm Restarts, 2017).</summary>
/// <param name="LearningRate">The largest rate, 0 or more.</param>
/// <param name="Steps">The steps until the final rate, warm-up included.</param>
/// <param name="WarmupSteps">The steps of the rise; the largest rate is that of the step after them.</param>
/// <param name="FinalRate">The rate from the end on, 0 or more.</param>
public sealed record CosineDecay(double LearningRate, int Steps, int WarmupSteps = 0, double FinalRate = 0) : Schedule
{
    /// <summary>The largest rate, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <summary>The steps until the final rate, warm-up included.</summary>
    public int Steps { get; } = Limits.AtLeast(1, Steps);

    /// <summary>The steps of the rise; the largest rate is that of the step after them.</summary>
    public int WarmupSteps { get; } = Limits.AtLeast(0, WarmupSteps);

    /// <summary>The rate from the end on, 0 or more.</summary>
    public double FinalRate { get; } = Limits.NotNegative(FinalRate);

    /// <inheritdoc/>
    protected override double Rate(int step) => step < WarmupSteps
        ? LearningRate * Rise(step, WarmupSteps)
        : FinalRate + ((LearningRate - FinalRate) * HalfCosine((step - WarmupSteps) / Math.Max(1.0, Steps - WarmupSteps)));
}
