namespace Nabla.Serving.Telemetry;

/// <summary>
/// How many durations fell into each of a fixed number of intervals, four to a doubling, from 10 microseconds to more than a minute. A quantile is the
/// geometric middle of its interval, which is off by less than 10 %.
/// </summary>
internal sealed class DurationCounts
{
    private const double Shortest = 1e-5;
    private const int PerDoubling = 4;
    private const int Intervals = 96;

    private readonly int[] counts = new int[Intervals];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a duration.</summary>
    public void Add(TimeSpan duration)
    {
        double place = Math.Floor(PerDoubling * Math.Log2(Math.Max(duration.TotalSeconds, Shortest) / Shortest));
        counts[(int)Math.Min(place, Intervals - 1)]++;
        Count++;
    }

    /// <summary>Adds the counts of others.</summary>
    public void Add(DurationCounts other)
    {
        for (int index = 0; index < Intervals; index++)
        {
            counts[index] += other.counts[index];
        }

        Count += other.Count;
    }

    /// <summary>The duration that a share of all are not above; null when there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan? Quantile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        int rank = Math.Max(1, (int)Math.Ceiling(share * Count));
        int index = 0;
        for (int met = counts[0]; met < rank; met += counts[index])
        {
            index++;
        }

        return TimeSpan.FromSeconds(Shortest * Math.Pow(2, (index + 0.5) / PerDoubling));
    }
}
