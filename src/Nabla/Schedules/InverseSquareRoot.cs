namespace Nabla.Schedules;

/// <summary>
/// A learning rate that rises in a straight line and then falls with the root of the step's number (Vaswani et al., Attention Is All You Need,
/// 2017).
/// </summary>
/// <param name="PeakRate">The largest rate, that of the last step of the rise, 0 or more.</param>
/// <param name="WarmupSteps">The steps of the rise.</param>
public sealed record InverseSquareRoot(double PeakRate, int WarmupSteps) : Schedule
{
    /// <summary>The largest rate, that of the last step of the rise, 0 or more.</summary>
    public double PeakRate { get; } = Limits.NotNegative(PeakRate);

    /// <summary>The steps of the rise.</summary>
    public int WarmupSteps { get; } = Limits.AtLeast(1, WarmupSteps);

    /// <inheritdoc/>
    protected override double Rate(int step)
    {
        double taken = step + 1.0;
        return PeakRate * Math.Min(taken / WarmupSteps, Math.Sqrt(WarmupSteps / taken));
    }
}
