namespace Nabla.Schedules;

/// <summary>A straight rise to the first rate of another schedule, which begins when the rise is over.</summary>
/// <param name="Next">The schedule after the rise.</param>
/// <param name="Steps">The steps of the rise, 0 or more.</param>
public sealed record Warmup(Schedule Next, int Steps) : Schedule
{
    /// <summary>The schedule after the rise.</summary>
    public Schedule Next { get; } = Next ?? throw new ArgumentNullException(nameof(Next));

    /// <summary>The steps of the rise.</summary>
    public int Steps { get; } = Limits.AtLeast(0, Steps);

    /// <inheritdoc/>
    protected override double Rate(int step) => step < Steps ? Next.At(0) * Rise(step, Steps) : Next.At(step - Steps);
}
