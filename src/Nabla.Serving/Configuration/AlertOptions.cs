using System.Globalization;

namespace Nabla.Serving;

/// <summary>
/// When something is wrong with a model: health is degraded then, and a webhook is called, if there is one, when it begins and when it is over. Drift is
/// judged by <see cref="DriftOptions"/>.
/// </summary>
/// <example><code>AlertOptions options = new() { Webhook = new Uri("https://alerts.example.com/nabla"), SecretFile = "/run/secrets/webhook" };</code></example>
public sealed record AlertOptions
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(2);

    /// <summary>Where alerts are posted; null for nowhere.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>A file with the secret that alerts are signed with; null to send them unsigned.</summary>
    public string? SecretFile { get; init; }

    /// <summary>How often the thresholds are looked at; 10 s by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time that rates and durations are taken over, from one second to two minutes; a minute by default.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>With fewer requests in that time nothing is said of their rates and durations; 20 by default.</summary>
    public int MinRequests { get; init; } = 20;

    /// <summary>The share of requests that the server had no answer for, such as with a full queue; null to let it be. 0.05 by default.</summary>
    public double? FailureRate { get; init; } = 0.05;

    /// <summary>What one in a hundred answered requests waits in the queue; null, the default, to let it be.</summary>
    public TimeSpan? QueueTime { get; init; }

    /// <summary>What one in a hundred answers takes; null, the default, to let it be.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        Require(Webhook is null || (Webhook.IsAbsoluteUri && Webhook.Scheme is "http" or "https"), "a webhook with http or https", Webhook);
        Require(SecretFile is null || Webhook is not null, "a webhook beside the secretFile", SecretFile);
        Require(Interval > TimeSpan.Zero, "interval above 0", Interval);
        Require(Window >= TimeSpan.FromSeconds(1) && Window <= LongestWindow, "window from a second to two minutes", Window);
        Require(MinRequests >= 1, "minRequests from 1", MinRequests);
        Require(FailureRate is null or (>= 0 and < 1), "failureRate from 0, below 1", FailureRate);
        Require(QueueTime is null || QueueTime > TimeSpan.Zero, "queueTime above 0", QueueTime);
        Require(Latency is null || Latency > TimeSpan.Zero, "latency above 0", Latency);
    }

    private static void Require(bool condition, string expected, object? got)
    {
        if (!condition)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"alerts: expected {expected}, got {got}."));
        }
    }
}
