using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nabla.Serving.Drift;
using Nabla.Serving.Http;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Page;

/// <summary>What the page shows of the server as it is now: health, models with their versions, and the traffic of the last two minutes.</summary>
internal sealed class ServerState(ModelRepository repository, ServingMetrics metrics, HealthCheckService health)
{
    private const int MostFeatures = 8;

    private static readonly AccessRequirement AllModels = new(ModelRole.Read, ModelScope.Named);

    /// <summary>Answers with the state.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        HealthReport report = await health.CheckHealthAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("version", ServerDescription.Version);
            WriteHealth(writer, report, Access.Has(context, AllModels));
            writer.WriteNumber("seconds", RecentTraffic.Seconds);
            writer.WriteStartArray("models");
            foreach (ModelEntry entry in repository.Entries.Where(entry => Access.MaySee(context, entry.Name)))
            {
                Write(writer, entry);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    // Reasons name models, so they are for those who may see all.
    private static void WriteHealth(Utf8JsonWriter writer, HealthReport report, bool withReasons)
    {
        writer.WriteString("status", report.Status.ToString().ToLowerInvariant());
        writer.WriteStartArray("reasons");
        foreach (string reason in withReasons ? HealthAnswer.ReasonsOf(report) : [])
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, ModelEntry entry)
    {
        writer.WriteStartObject();
        writer.WriteString("name", entry.Name);
        writer.WriteStartArray("versions");
        foreach (VersionStatus status in entry.States)
        {
            Write(writer, entry, status);
        }

        writer.WriteEndArray();
        WriteDrift(writer, entry);
        WriteTraffic(writer, metrics.Recent.Of(entry.Name).Last(RecentTraffic.Seconds));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ModelEntry entry, VersionStatus status)
    {
        writer.WriteStartObject();
        writer.WriteString("version", status.Version.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("state", status.StateName);
        writer.WriteString("reason", status.Reason);
        writer.WriteStartArray("labels");
        foreach (string label in LabelsOf(entry, status.Version))
        {
            writer.WriteStringValue(label);
        }

        writer.WriteEndArray();
        if (entry.Loaded.GetValueOrDefault(status.Version) is { } loaded)
        {
            writer.WriteNumber("replicas", loaded.Replicas.Count);
            writer.WriteNumber("pending", loaded.Replicas.Pending);
            writer.WriteNumber("queueLimit", loaded.Options.QueueLimit);
            writer.WriteNumber("memory", loaded.Replicas.MemoryBytes);
        }

        writer.WriteEndObject();
    }

    private static void WriteDrift(Utf8JsonWriter writer, ModelEntry entry)
    {
        writer.WriteStartArray("drift");
        foreach ((LoadedVersion version, FeatureDrift drift) in entry.Loaded.Values.SelectMany(version => MostDrifted(version).Select(drift => (version, drift))))
        {
            writer.WriteStartObject();
            writer.WriteString("version", version.Version.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("part", drift.Part);
            writer.WriteString("feature", drift.Feature);
            writer.WriteNumber("rows", drift.Rows);
            writer.WriteNumber("psi", Math.Round(drift.Score.PopulationStabilityIndex, 4));
            if (drift.Score.KolmogorovSmirnov is { } statistic)
            {
                writer.WriteNumber("ks", Math.Round(statistic, 4));
            }

            writer.WriteBoolean("high", drift.IsHigh);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<FeatureDrift> MostDrifted(LoadedVersion version) =>
        (version.Drift?.Scores() ?? []).OrderByDescending(drift => drift.Score.PopulationStabilityIndex).Take(MostFeatures);

    private static IEnumerable<string> LabelsOf(ModelEntry entry, int version)
    {
        if (entry.Stable?.Version == version)
        {
            yield return "stable";
        }

        if (entry.Rules.Canary == version)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"canary {entry.Rules.CanaryShare:P0}");
        }

        if (entry.Rules.Shadow == version)
        {
            yield return "shadow";
        }
    }

    private static void WriteTraffic(Utf8JsonWriter writer, IReadOnlyList<TrafficSecond> seconds)
    {
        writer.WriteStartObject("recent");
        Write(writer, "answered", seconds, second => second.Answered);
        Write(writer, "refused", seconds, second => second.Refused);
        Write(writer, "failed", seconds, second => second.Failed);
        Write(writer, "p50", seconds, second => Milliseconds(second.Latency, 0.5));
        Write(writer, "p99", seconds, second => Milliseconds(second.Latency, 0.99));
        writer.WriteEndObject();
    }

    private static double? Milliseconds(DurationCounts durations, double share) => durations.Quantile(share) is { } duration ? Math.Round(duration.TotalMilliseconds, 3) : null;

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<TrafficSecond> seconds, Func<TrafficSecond, double?> value)
    {
        writer.WriteStartArray(name);
        foreach (TrafficSecond second in seconds)
        {
            if (value(second) is { } number)
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
    }
}
