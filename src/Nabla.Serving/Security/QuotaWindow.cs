using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Nabla.Serving.Security;

/// <summary>
/// Counts requests within a window that slides on by tenths, like the framework's, and when it is full says when a place becomes free: the framework's
/// <see cref="SlidingWindowRateLimiter"/> does not know.
/// </summary>
internal sealed class QuotaWindow(RateLimit limit, TimeProvider time) : RateLimiter
{
    private const int Segments = 10;

    private readonly Lock gate = new();
    private readonly int[] counts = new int[Segments];
    private readonly long start = time.GetTimestamp();
    private readonly TimeSpan segment = limit.Window / Segments;
    private long current;
    private long lastUsed = -Segments;
    private int used;

    /// <inheritdoc/>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (gate)
            {
                TimeSpan now = Slide();
                return used > 0 ? null : now - ((lastUsed + Segments) * segment);
            }
        }
    }

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (gate)
        {
            TimeSpan now = Slide();
            if (used + permitCount > limit.Requests)
            {
                return new Lease(FreeAt() - now);
            }

            counts[current % Segments] += permitCount;
            used += permitCount;
            lastUsed = current;
            return new Lease(null);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    // Lets the segments go that the window has left behind.
    private TimeSpan Slide()
    {
        TimeSpan now = time.GetElapsedTime(start);
        long reached = (long)(now / segment);
        for (int left = (int)Math.Min(reached - current, Segments); left > 0; left--)
        {
            ref int oldest = ref counts[(reached - left + 1) % Segments];
            used -= oldest;
            oldest = 0;
        }

        current = Math.Max(current, reached);
        return now;
    }

    // When the window leaves the oldest segment in which anything was asked.
    private TimeSpan FreeAt()
    {
        long oldest = Math.Max(current - Segments + 1, 0);
        while (oldest < current && counts[oldest % Segments] == 0)
        {
            oldest++;
        }

        return (oldest + Segments) * segment;
    }

    private sealed class Lease(TimeSpan? wait) : RateLimitLease
    {
        public override bool IsAcquired => wait is null;

        public override IEnumerable<string> MetadataNames => wait is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? wait : null;
            return metadata is not null;
        }
    }
}
