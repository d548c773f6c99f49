using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nabla.Serving.Alerts;
using Nabla.Serving.Http;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Telemetry;

/// <summary>
/// How the server and its models are: unhealthy when nobody should be sent here, degraded when a model does not answer though nobody unloaded it, a version could
/// not be loaded, a queue is nearly full, or something is beyond its threshold.
/// </summary>
internal sealed class ModelHealth(ModelRepository repository, Thresholds thresholds) : IHealthCheck
{
    private const double NearlyFull = 0.8;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (repository.IsDraining)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The server is about to stop."));
        }

        IEnumerable<string> missing = repository.Entries.Where(entry => entry.IsMissing).Select(entry => $"model '{entry.Name}' is not ready");
        string[] troubles = [.. missing, .. repository.Entries.SelectMany(Troubles), .. thresholds.Look().Select(breach => breach.Message)];
        string why = string.Join("; ", troubles);
        return Task.FromResult(!repository.IsServing
            ? HealthCheckResult.Unhealthy(why.Length > 0 ? why : "Models are being loaded.")
            : troubles.Length > 0 ? HealthCheckResult.Degraded(why) : HealthCheckResult.Healthy());
    }

    private static IEnumerable<string> Troubles(ModelEntry entry) => entry.States
        .Where(status => status.IsFailure)
        .Select(status => $"version {status.Version} of model '{entry.Name}' could not be loaded: {status.Reason}")
        .Concat(entry.Loaded.Values
            .Where(version => version.Replicas.Pending >= version.Options.QueueLimit * NearlyFull)
            .Select(version => $"{version.Replicas.Pending} of {version.Options.QueueLimit} requests wait for model '{entry.Name}' version {version.Version}"));
}

/// <summary>Writes what health checks found.</summary>
internal static class HealthAnswer
{
    /// <summary>Answers with the state and why it is so.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report) => JsonAnswer.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", report.Status.ToString().ToLowerInvariant());
        writer.WriteStartArray("reasons");
        foreach (string reason in ReasonsOf(report))
        {
            writer.WriteStringValue(reason);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Answers a probe: whether requests are to be sent to this server.</summary>
    public static Task WriteReadyAsync(HttpContext context, ModelRepository repository)
    {
        bool isServing = repository.IsServing;
        context.Response.StatusCode = isServing ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ready", isServing);
            writer.WriteEndObject();
        });
    }

    /// <summary>Why the state is what it is, in words.</summary>
    public static IEnumerable<string> ReasonsOf(HealthReport report) =>
        report.Entries.Values.Select(entry => entry.Description).Where(reason => !string.IsNullOrEmpty(reason)).OfType<string>();
}
