namespace Nabla.Schedules;

/// <summary>A learning rate for each stretch of steps.</summary>
/// <param name="Boundaries">The steps with which a new stretch begins, rising.</param>
/// <param name="Rates">The rates, each 0 or more: one before the first boundary and one from each boundary on.</param>
/// <example><code>new PiecewiseConstant([1000, 5000], [0.1, 0.01, 0.001])</code></example>
public sealed record PiecewiseConstant(IReadOnlyList<int> Boundaries, IReadOnlyList<double> Rates) : Schedule
{
    /// <summary>The steps with which a new stretch begins, rising.</summary>
    public IReadOnlyList<int> Boundaries { get; } = Rising(Boundaries);

    /// <summary>The rates: one before the first boundary and one from each boundary on.</summary>
    public IReadOnlyList<double> Rates { get; } = OneMore(Rates, Boundaries.Count);

    /// <inheritdoc/>
    protected override double Rate(int step) => Rates[Boundaries.Count(boundary => boundary <= step)];

    private static int[] Rising(IReadOnlyList<int> boundaries)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        return boundaries.Zip(boundaries.Skip(1), (left, right) => left < right).All(rises => rises)
            ? [.. boundaries]
            : throw new ArgumentException($"Boundaries must rise but are [{string.Join(", ", boundaries)}].", nameof(boundaries));
    }

    private static double[] OneMore(IReadOnlyList<double> rates, int boundaries)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return rates.Count == boundaries + 1
            ? [.. rates.Select((rate, index) => Limits.NotNegative(rate, $"Rates[{index}]"))]
            : throw new ArgumentException($"{boundaries} boundaries need {boundaries + 1} rates but got {rates.Count}.", nameof(rates));
    }
}
