namespace Nabla.Schedules;

/// <summary>A learning rate that falls along half a wave of the cosine, and begins again at the top when a period is over (Loshchilov and Hutter, SGDR:
/// Stochastic Gradient Descent with Warm Restarts, 2017).</summary>
/// <param name="LearningRate">The rate at first, 0 or more.</param>
/// <param name="FirstPeriod">The steps of the first period.</param>
/// <param name="PeriodFactor">How much longer each period is than the one before, 1 or more.</param>
/// <param name="RateFactor">What is left of the top in each period.</param>
/// <param name="FinalRate">The rate at the end of a period.</param>
public sealed record CosineRestarts(double LearningRate, int FirstPeriod, double PeriodFactor = 2, double RateFactor = 1, double FinalRate = 0) : Schedule
{
    /// <summary>The rate at first, 0 or more.</summary>
    public double LearningRate { get; } = Limits.NotNegative(LearningRate);

    /// <summary>The steps of the first period.</summary>
    public int FirstPeriod { get; } = Limits.AtLeast(1, FirstPeriod);

    /// <summary>How much longer each period is than the one before, 1 or more.</summary>
    public double PeriodFactor { get; } = Limits.AtLeast(1.0, PeriodFactor);

    /// <summary>What is left of the top in each period.</summary>
    public double RateFactor { get; } = Limits.NotNegative(RateFactor);

    /// <summary>The rate at the end of a period.</summary>
    public double FinalRate { get; } = Limits.NotNegative(FinalRate);

    /// <inheritdoc/>
    protected override double Rate(int step)
    {
        double position = step;
        double period = FirstPeriod;
        double top = LearningRate;
        while (position >= period)
        {
            position -= period;
            period *= PeriodFactor;
            top *= RateFactor;
        }

        return FinalRate + ((top - FinalRate) * HalfCosine(position / period));
    }
}
