using System.Collections.Concurrent;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Telemetry;

/// <summary>What the last two minutes were like, model by model, for those who look at the server without collecting its metrics.</summary>
internal sealed class RecentTraffic(TimeProvider time)
{
    /// <summary>How many seconds are remembered.</summary>
    public const int Seconds = 120;

    private readonly ConcurrentDictionary<string, ModelTraffic> models = new(StringComparer.Ordinal);

    /// <summary>The traffic of a model that there is.</summary>
    public ModelTraffic Of(string model) =>
        models.TryGetValue(model, out ModelTraffic? known) ? known : models.GetOrAdd(model, _ => new ModelTraffic(time));
}

/// <summary>The traffic of a model, second by second, in memory of a fixed size.</summary>
internal sealed class ModelTraffic(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly TrafficSecond?[] ring = new TrafficSecond?[RecentTraffic.Seconds + 1];
    private readonly long start = time.GetTimestamp();

    /// <summary>A request was answered.</summary>
    public void Answered(TimeSpan took, TimeSpan queued)
    {
        lock (gate)
        {
            TrafficSecond second = Current();
            second.Answered++;
            second.Latency.Add(took);
            second.Queue.Add(queued);
        }
    }

    /// <summary>A request was not answered.</summary>
    public void Failed(ServingFault fault)
    {
        lock (gate)
        {
            TrafficSecond second = Current();
            if (IsOfCaller(fault))
            {
                second.Refused++;
            }
            else
            {
                second.Failed++;
            }
        }
    }

    /// <summary>The whole seconds before this one, the oldest first; those in which nothing came are empty.</summary>
    /// <param name="seconds">How many; up to <see cref="RecentTraffic.Seconds"/>.</param>
    public IReadOnlyList<TrafficSecond> Last(int seconds)
    {
        lock (gate)
        {
            long now = Now();
            return [.. Enumerable.Range(0, seconds).Select(index => Copy(now - seconds + index))];
        }
    }

    /// <summary>The last seconds as one.</summary>
    public TrafficSecond Sum(int seconds)
    {
        TrafficSecond sum = new(0);
        foreach (TrafficSecond second in Last(seconds))
        {
            sum.Add(second);
        }

        return sum;
    }

    // What the caller has to mend, may not do or does not wait for says nothing of the server.
    private static bool IsOfCaller(ServingFault fault) =>
        fault is ServingFault.InvalidRequest or ServingFault.NotFound or ServingFault.TooLarge or ServingFault.UnsupportedMediaType
            or ServingFault.Unauthenticated or ServingFault.Forbidden or ServingFault.QuotaSpent or ServingFault.RequestTimeout or ServingFault.Cancelled;

    private long Now() => (long)time.GetElapsedTime(start).TotalSeconds;

    private TrafficSecond Current()
    {
        long now = Now();
        ref TrafficSecond? place = ref ring[now % ring.Length];
        return place?.Number == now ? place : place = new TrafficSecond(now);
    }

    private TrafficSecond Copy(long number)
    {
        TrafficSecond copy = new(number);
        if (number >= 0 && ring[number % ring.Length] is { } second && second.Number == number)
        {
            copy.Add(second);
        }

        return copy;
    }
}

/// <summary>What came of the requests of a second.</summary>
/// <param name="number">Which second.</param>
internal sealed class TrafficSecond(long number)
{
    /// <summary>Which second.</summary>
    public long Number => number;

    /// <summary>Requests that were answered.</summary>
    public int Answered { get; set; }

    /// <summary>Requests that did not fit the model, were not allowed, or were given up by their caller.</summary>
    public int Refused { get; set; }

    /// <summary>Requests that the server had no answer for: it failed, was full, not ready or too late.</summary>
    public int Failed { get; set; }

    /// <summary>What answers took, the wait in the queue included.</summary>
    public DurationCounts Latency { get; } = new();

    /// <summary>What answered requests waited.</summary>
    public DurationCounts Queue { get; } = new();

    /// <summary>Adds what came of others.</summary>
    public void Add(TrafficSecond other)
    {
        Answered += other.Answered;
        Refused += other.Refused;
        Failed += other.Failed;
        Latency.Add(other.Latency);
        Queue.Add(other.Queue);
    }
}
