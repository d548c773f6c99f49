using System.Globalization;

namespace Nabla.Serving;

/// <summary>How a model is served.</summary>
/// <example><code>ModelOptions options = new() { MaxBatch = 32, QueueLimit = 256, MaxReplicas = 4 };</code></example>
public sealed record ModelOptions
{
    private const int LargestBatch = 4096;
    private const int MostReplicas = 1024;

    /// <summary>The rows of a batch at most, from 1 to 4096; a power of two, or else the next smaller one is used. 64 by default.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>The rows of a request at most, from 1; more are refused. Null, the default, for as many as its bytes hold.</summary>
    public int? MaxRows { get; init; }

    /// <summary>
    /// How long a request waits at most for others to be computed with. Zero, the default, computes what waits as soon as a replica is free: batches then
    /// grow with the load alone.
    /// </summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>How many requests may wait; the next is refused. From 1; 1024 by default.</summary>
    public int QueueLimit { get; init; } = 1024;

    /// <summary>How many replicas compute at least; from 1, which is the default.</summary>
    public int MinReplicas { get; init; } = 1;

    /// <summary>How many replicas compute at most; one a processor by default.</summary>
    public int MaxReplicas { get; init; } = Environment.ProcessorCount;

    /// <summary>The wait in the queue that is answered with a further replica; 50 ms by default.</summary>
    public TimeSpan TargetLatency { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether inputs may hold infinities and what is no number; they are refused by default.</summary>
    public bool AllowNonFinite { get; init; }

    /// <summary>Which of the versions are served; the newest by default.</summary>
    public VersionPolicy Versions { get; init; } = VersionPolicy.Latest;

    /// <summary>Who gets which version; null for the newest to all.</summary>
    public TrafficRules? Traffic { get; init; }

    /// <summary>Refuses what makes no sense.</summary>
    /// <param name="place">What the error calls these options.</param>
    internal void Validate(string place)
    {
        Require(MaxBatch is >= 1 and <= LargestBatch, place, $"maxBatch from 1 to {LargestBatch}", MaxBatch);
        Require(MaxRows is null or >= 1, place, "maxRows from 1, or none", MaxRows ?? 0);
        Require(MaxDelay >= TimeSpan.Zero && MaxDelay <= TimeSpan.FromMinutes(1), place, "maxDelay from 0 to a minute", MaxDelay);
        Require(QueueLimit >= 1, place, "queueLimit from 1", QueueLimit);
        Require(MinReplicas is >= 1 and <= MostReplicas, place, $"minReplicas from 1 to {MostReplicas}", MinReplicas);
        Require(MaxReplicas >= MinReplicas && MaxReplicas <= MostReplicas, place, $"maxReplicas from minReplicas ({MinReplicas}) to {MostReplicas}", MaxReplicas);
        Require(TargetLatency > TimeSpan.Zero, place, "targetLatency above 0", TargetLatency);
        Traffic?.Validate(place);
    }

    private static void Require(bool condition, string place, string expected, object got)
    {
        if (!condition)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{place}: expected {expected}, got {got}."));
        }
    }
}

/// <summary>Which versions of a model are served.</summary>
public enum VersionPolicy
{
    /// <summary>The newest, and those that traffic rules name.</summary>
    Latest,

    /// <summary>All that there are.</summary>
    All,
}
