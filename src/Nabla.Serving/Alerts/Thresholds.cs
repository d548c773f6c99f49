using System.Globalization;
using Nabla.Serving.Drift;
using Nabla.Serving.Repository;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Alerts;

/// <summary>Sees what is beyond its threshold now.</summary>
internal sealed class Thresholds(ModelRepository repository, ServingMetrics metrics, ServingOptions options)
{
    private const double Tail = 0.99;

    /// <summary>All that is beyond a threshold.</summary>
    public IReadOnlyList<Breach> Look() => [.. repository.Entries.SelectMany(entry => OfTraffic(entry.Name).Concat(entry.Loaded.Values.SelectMany(OfDrift)))];

    private IEnumerable<Breach> OfTraffic(string model)
    {
        AlertOptions alerts = options.Alerts;
        TrafficSecond recent = metrics.Recent.Of(model).Sum((int)alerts.Window.TotalSeconds);
        double requests = recent.Answered + recent.Failed;
        if (requests < alerts.MinRequests)
        {
            yield break;
        }

        double rate = recent.Failed / requests;
        if (rate > alerts.FailureRate)
        {
            yield return new Breach(
                "failure_rate", model, null, rate, alerts.FailureRate.Value, string.Create(CultureInfo.InvariantCulture, $"{rate:P1} of the requests of model '{model}' had no answer"));
        }

        if (recent.Queue.Quantile(Tail) is { } waited && waited > alerts.QueueTime)
        {
            yield return Slow("queue_time", model, waited, alerts.QueueTime.Value, "waits");
        }

        if (recent.Latency.Quantile(Tail) is { } took && took > alerts.Latency)
        {
            yield return Slow("latency", model, took, alerts.Latency.Value, "takes");
        }
    }

    private static Breach Slow(string alert, string model, TimeSpan value, TimeSpan threshold, string what) => new(
        alert, model, null, value.TotalSeconds, threshold.TotalSeconds,
        string.Create(CultureInfo.InvariantCulture, $"one request in a hundred of model '{model}' {what} {value.TotalMilliseconds:F0} ms"));

    private IEnumerable<Breach> OfDrift(LoadedVersion version)
    {
        FeatureDrift[] high = [.. (version.Drift?.Scores() ?? []).Where(drift => drift.IsHigh)];
        if (high.Length > 0)
        {
            yield return new Breach(
                "drift",
                version.Name,
                version.Version,
                high.Max(drift => drift.Score.PopulationStabilityIndex),
                options.Drift.PopulationStabilityIndex,
                string.Create(CultureInfo.InvariantCulture, $"the last {high[0].Rows} rows of model '{version.Name}' version {version.Version} are not like its training data: {string.Join(", ", high.Take(5).Select(drift => drift.Print()))}"));
        }
    }
}
