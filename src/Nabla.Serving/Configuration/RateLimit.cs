using System.Globalization;

namespace Nabla.Serving;

/// <summary>How much a caller may ask: the next request is refused until older ones are long enough ago.</summary>
/// <param name="Requests">How many requests within any <paramref name="Per"/>, from 1.</param>
/// <param name="Per">The time, from a tenth of a second to a day; null for a second.</param>
/// <example><code>RateLimit limit = new(1000, TimeSpan.FromMinutes(1));</code></example>
public sealed record RateLimit(int Requests, TimeSpan? Per = null)
{
    /// <summary>The time within which requests are counted.</summary>
    internal TimeSpan Window => Per ?? TimeSpan.FromSeconds(1);

    /// <summary>As in <c>100 in 00:00:01</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Requests} in {Window}");

    /// <summary>Refuses what makes no sense.</summary>
    /// <param name="place">What the error calls it.</param>
    internal void Validate(string place)
    {
        if (Requests < 1 || Window < TimeSpan.FromSeconds(0.1) || Window > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{place}: expected 1 request or more in 0.1 seconds to a day, got {this}.");
        }
    }
}
