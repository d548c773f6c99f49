namespace Nabla.Schedules;

/// <summary>A learning rate for each step. Schedules know the number of the step alone, so a run that goes on finds its place.</summary>
/// <example><code>Optimizer optimizer = new AdamW { Schedule = new CosineDecay(0.001, Steps: 10_000, WarmupSteps: 500) };</code></example>
public abstract record Schedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The steps taken before, 0 for the first.</param>
    public double At(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Rate(step);
    }

    /// <summary>The learning rate of a step of 0 or more.</summary>
    protected abstract double Rate(int step);

    /// <summary>The share of a rate after some steps of a straight rise: above 0 in the first step, 1 from step <paramref name="steps"/> on.</summary>
    private protected static double Rise(int step, int steps) => Math.Min(1, (step + 1.0) / (steps + 1.0));

    /// <summary>Half a wave of the cosine: 1 at a progress of 0, 0 at 1.</summary>
    private protected static double HalfCosine(double progress) => (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))) / 2;
}
