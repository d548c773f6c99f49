using System.Globalization;
using System.Text.RegularExpressions;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Telemetry;

/// <summary>What a server tells Prometheus.</summary>
internal static class ScrapedMetrics
{
    /// <summary>The samples of a metric: their labels as they are written, and their values.</summary>
    public static async Task<(string Labels, double Value)[]> Of(ServingHost host, string name)
    {
        (_, string text) = await host.Get("/metrics");
        return [.. Regex.Matches(text, $"^{name}{{(?<labels>[^}}]*)}} (?<value>\\S+)", RegexOptions.Multiline).Select(
            match => (match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)))];
    }
}
