using System.Globalization;
using System.Net;
using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Nabla.Client;

/// <summary>
/// What is worth asking again, over REST and gRPC: what failed on its way, and what the server refuses for the moment, as its reason says, unless it says that
/// it will for long. A probe is not asked again: its refusal is its answer.
/// </summary>
internal static class RetryRules
{
    /// <summary>How often.</summary>
    public const int Retries = 3;

    // A caller who has to wait for longer decides for itself whether it does.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly HttpRequestOptionsKey<bool> Probe = new("Nabla.Client.Probe");

    /// <summary>Marks a request whose refusal is its answer.</summary>
    public static void MarkProbe(HttpRequestMessage request) => request.Options.Set(Probe, true);

    /// <summary>Has a strategy follow these rules.</summary>
    public static void Apply(HttpRetryStrategyOptions strategy)
    {
        strategy.MaxRetryAttempts = Retries;
        strategy.ShouldHandle = arguments => IsWorthwhileAsync(arguments.Outcome, arguments.Context);
    }

    /// <summary>Whether what came of a request shows that the server does not work; the refusal of a probe does not.</summary>
    public static bool IsBroken(Outcome<HttpResponseMessage> outcome, ResilienceContext context) =>
        !IsProbe(context) && HttpClientResiliencePredicates.IsTransient(outcome);

    /// <summary>Whether a call is worth asking again.</summary>
    public static bool IsWorthwhile(RpcException error) => error.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted
        && IsForTheMoment(error.Trailers.GetValue("reason")) && !(WaitOf(error) > LongestWait);

    /// <summary>When the server says that a call is worth asking again; null where it does not.</summary>
    public static TimeSpan? WaitOf(RpcException error) =>
        int.TryParse(error.Trailers.GetValue("retry-after"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>When the server says that a request is worth asking again; null where it does not.</summary>
    public static TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };

    private static async ValueTask<bool> IsWorthwhileAsync(Outcome<HttpResponseMessage> outcome, ResilienceContext context)
    {
        if (IsProbe(context) || outcome.Result is not { } response)
        {
            return !IsProbe(context) && outcome.Exception is HttpRequestException or TimeoutRejectedException;
        }

        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            && !(WaitOf(response) > LongestWait)
            && IsForTheMoment(await ReasonInAsync(response.Content, context.CancellationToken).ConfigureAwait(false));
    }

    private static bool IsProbe(ResilienceContext context) => context.GetRequestMessage()?.Options.TryGetValue(Probe, out bool isProbe) == true && isProbe;

    // Other servers, and proxies, give no reason.
    private static bool IsForTheMoment(string? reason) => reason is null or "" or "queue_full" or "loading" or "draining" or "quota_spent";

    private static async Task<string?> ReasonInAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), ClientJson.Default.ErrorBody)?.Reason;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
