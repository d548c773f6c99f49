using System.Diagnostics.Metrics;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Telemetry;

/// <summary>What is read off the models when somebody looks: whether they are ready, waiting requests, replicas, memory.</summary>
internal sealed class RepositoryGauges
{
    private readonly ModelRepository repository;

    /// <param name="metrics">Whose meter they belong to.</param>
    /// <param name="repository">The models.</param>
    public RepositoryGauges(ServingMetrics metrics, ModelRepository repository)
    {
        this.repository = repository;
        metrics.Meter.CreateObservableGauge("nabla.model.ready", ObserveReady, null, "1 for a model that takes requests, 0 for one that should and does not.");
        metrics.Meter.CreateObservableGauge("nabla.requests.pending", () => Observe(version => version.Replicas.Pending), "{request}", "Requests that wait.");
        metrics.Meter.CreateObservableGauge("nabla.replicas", () => Observe(version => version.Replicas.Count), "{replica}", "Replicas that compute.");
        metrics.Meter.CreateObservableGauge(
            "nabla.model.memory", () => Observe(version => version.Replicas.MemoryBytes), "By", "Weights, and the memory that replicas compute in.");
    }

    // One that was unloaded by request is none of both.
    private IEnumerable<Measurement<long>> ObserveReady() => repository.Entries
        .Where(entry => entry.Stable is not null || entry.IsMissing)
        .Select(entry => new Measurement<long>(entry.IsMissing ? 0 : 1, KeyValuePair.Create<string, object?>("model", entry.Name)));

    private IEnumerable<Measurement<long>> Observe(Func<LoadedVersion, long> value) => repository.Entries
        .SelectMany(entry => entry.Loaded.Values)
        .Select(version => new Measurement<long>(value(version), ServingMetrics.Labels(version.Name, version.Version)));
}
