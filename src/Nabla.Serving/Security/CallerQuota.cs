using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Security;

/// <summary>Who shares a quota, and how much it is.</summary>
/// <param name="Caller">Their name.</param>
/// <param name="Address">Where they call from, where nobody asks for names.</param>
/// <param name="Limit">How much they may ask; a new one begins a new quota.</param>
internal sealed record QuotaKey(string Caller, string? Address, RateLimit? Limit);

/// <summary>
/// How much each caller may ask: requests within a window that slides on by tenths. What is refused for another reason does not count, and probes of health
/// have no quota.
/// </summary>
internal sealed class CallerQuota(ServingOptions options) : IRateLimiterPolicy<QuotaKey>
{
    private static readonly QuotaKey NoQuota = new(CallerIdentity.AnonymousMethod, null, null);

    /// <summary>The name that endpoints ask for it by.</summary>
    public const string Name = "Nabla.Quota";

    private const int Segments = 10;

    /// <inheritdoc/>
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected => (context, _) => throw Spent(KeyOf(context.HttpContext).Limit);

    /// <inheritdoc/>
    public RateLimitPartition<QuotaKey> GetPartition(HttpContext httpContext)
    {
        QuotaKey key = KeyOf(httpContext);
        return key.Limit is not { } limit
            ? RateLimitPartition.GetNoLimiter(NoQuota)
            : RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = limit.Requests,
                Window = limit.Window,
                SegmentsPerWindow = Segments,
            });
    }

    private QuotaKey KeyOf(HttpContext context) => Access.CallerOf(context) switch
    {
        { IsAnonymous: false } caller => new QuotaKey(caller.Caller, null, caller.Limit ?? options.Security.RateLimit),
        _ when options.Security.RateLimit is { } limit => new QuotaKey(CallerIdentity.AnonymousMethod, context.Connection.RemoteIpAddress?.ToString(), limit),
        _ => NoQuota,
    };

    // The window does not say when a request becomes free, only that some may whenever it slides on.
    private static ServingException Spent(RateLimit? limit) => new(ServingFault.QuotaSpent, "You have asked as much as you may for now: ask again later.")
    {
        RetryAfter = limit?.Window / Segments,
    };
}
