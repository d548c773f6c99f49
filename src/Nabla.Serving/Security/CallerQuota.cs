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
internal sealed class CallerQuota(ServingOptions options, TimeProvider time) : IRateLimiterPolicy<QuotaKey>
{
    private static readonly QuotaKey NoQuota = new(CallerIdentity.AnonymousMethod, null, null);

    /// <summary>The name that endpoints ask for it by.</summary>
    public const string Name = "Nabla.Quota";

    /// <inheritdoc/>
    public Func<OnRejectedContext, CancellationToken, ValueTask>? OnRejected { get; } = (context, _) => throw Spent(context);

    /// <inheritdoc/>
    public RateLimitPartition<QuotaKey> GetPartition(HttpContext httpContext)
    {
        QuotaKey key = KeyOf(httpContext);
        return key.Limit is not { } limit
            ? RateLimitPartition.GetNoLimiter(NoQuota)
            : RateLimitPartition.Get(key, _ => new QuotaWindow(limit, time));
    }

    private QuotaKey KeyOf(HttpContext context) => Access.CallerOf(context) switch
    {
        { IsAnonymous: false } caller => new QuotaKey(caller.Caller, null, caller.Limit ?? options.Security.RateLimit),
        _ when options.Security.RateLimit is { } limit => new QuotaKey(CallerIdentity.AnonymousMethod, context.Connection.RemoteIpAddress?.ToString(), limit),
        _ => NoQuota,
    };

    private static ServingException Spent(OnRejectedContext context)
    {
        const string Message = "You have asked as much as you may for now: ask again later.";
        return context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait)
            ? new ServingException(ServingFault.QuotaSpent, Message) { RetryAfter = wait }
            : new ServingException(ServingFault.QuotaSpent, Message);
    }
}
