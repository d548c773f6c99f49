namespace Nabla.Schedules;

/// <summary>A learning rate that rises to its peak and falls far below its beginning, each along half a wave of the cosine (Smith and Topin,
/// Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates, 2018).</summary>
/// <param name="PeakRate">The largest rate, 0 or more.</param>
/// <param name="Steps">The steps of the whole run; the last has the smallest rate.</param>
/// <param name="WarmupShare">The share of the steps in which the rate rises, from 0 to 1.</param>
/// <param name="StartDivisor">What the peak is divided by in the first step.</param>
/// <param name="FinalDivisor">What the first rate is divided by in the last step.</param>
public sealed record OneCycle(double PeakRate, int Steps, double WarmupShare = 0.3, double StartDivisor = 25, double FinalDivisor = 1e4) : Schedule
{
    /// <summary>The largest rate, 0 or more.</summary>
    public double PeakRate { get; } = Limits.NotNegative(PeakRate);

    /// <summary>The steps of the whole run; the last has the smallest rate.</summary>
    public int Steps { get; } = Limits.AtLeast(2, Steps);

    /// <summary>The share of the steps in which the rate rises, from 0 to 1.</summary>
    public double WarmupShare { get; } = Limits.Share(WarmupShare);

    /// <summary>What the peak is divided by in the first step.</summary>
    public double StartDivisor { get; } = Limits.Positive(StartDivisor);

    /// <summary>What the first rate is divided by in the last step.</summary>
    public double FinalDivisor { get; } = Limits.Positive(FinalDivisor);

    /// <inheritdoc/>
    protected override double Rate(int step)
    {
        double peak = Math.Max(0, (WarmupShare * Steps) - 1);
        double start = PeakRate / StartDivisor;
        double end = start / FinalDivisor;
        return step < peak
            ? PeakRate + ((start - PeakRate) * HalfCosine(step / peak))
            : end + ((PeakRate - end) * HalfCosine((step - peak) / Math.Max(1, Steps - 1 - peak)));
    }
}
