using Nabla.Serving.Inference;

namespace Nabla.Serving.Http;

/// <summary>How many bytes the bodies of all requests have together that are being read or answered; those that are small and there at once are not counted.</summary>
internal sealed class BodyBudget(ServingOptions options, TimeProvider time)
{
    /// <summary>A body that has no more bytes, and that is there at once, is not counted.</summary>
    public const int LargestUncounted = 1 << 16;

    private long bytes;

    /// <summary>The bytes right now.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>How long a body may take to come.</summary>
    public TimeSpan Patience => options.RequestTimeout;

    /// <summary>A share of nothing, for a body that begins to come.</summary>
    public BodyShare Begin() => new(this, time.GetTimestamp());

    /// <summary>Adds bytes of a body.</summary>
    /// <exception cref="ServingException">There are as many as may be.</exception>
    public void Take(long count)
    {
        if (Interlocked.Add(ref bytes, count) > options.BytesInFlight)
        {
            Interlocked.Add(ref bytes, -count);
            throw new ServingException(
                ServingFault.QueueFull, $"The requests that are being read or answered have as many bytes as they may, {options.BytesInFlight}: ask again later.");
        }
    }

    /// <summary>Takes bytes off that are gone.</summary>
    public void Give(long count) => Interlocked.Add(ref bytes, -count);
}

/// <summary>What a body has of the budget; it is given back when its request has been answered.</summary>
/// <param name="budget">The budget.</param>
/// <param name="arrived">When the body began to come, as a <see cref="TimeProvider"/> counts.</param>
internal sealed class BodyShare(BodyBudget budget, long arrived) : IDisposable
{
    /// <summary>When the body began to come, as a <see cref="TimeProvider"/> counts.</summary>
    public long Arrived => arrived;

    /// <summary>The bytes that it has been given.</summary>
    public long Bytes { get; private set; }

    /// <summary>Grows with the body.</summary>
    /// <exception cref="ServingException">There is no room.</exception>
    public void Grow(long count)
    {
        budget.Take(count);
        Bytes += count;
    }

    /// <summary>Grows to so many bytes, if it has fewer.</summary>
    /// <exception cref="ServingException">There is no room.</exception>
    public void GrowTo(long total)
    {
        if (total > Bytes)
        {
            Grow(total - Bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Give(Bytes);
        Bytes = 0;
    }
}
