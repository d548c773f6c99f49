using System.Diagnostics.Metrics;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Telemetry;

/// <summary>What is read off the models when somebody looks: waiting requests, replicas, memory.</summary>
internal sealed class RepositoryGauges
{
    private readonly ModelRepository repository;

    /// <param name="metrics">Whose meter they belong to.</param>
    /// <param name="repository">The models.</param>
    public RepositoryGauges(ServingMetrics metrics, ModelRepository repository)
    {
        this.repository = repository;
        metrics.Meter.CreateObservableGauge("nabla.requests.pending", () => Observe(version => version.Replicas.Pending), "{request}", "Requests that wait.");
        metrics.Meter.CreateObservableGauge("nabla.replicas", () => Observe(version => version.Replicas.Count), "{replica}", "Replicas that compute.");
        metrics.Meter.CreateObservableGauge(
            "nabla.model.memory", () => Observe(version => version.Replicas.MemoryBytes), "By", "Weights, and the memory that replicas compute in.");
    }

    private IEnumerable<Measurement<long>> Observe(Func<LoadedVersion, long> value) => repository.Entries
        .SelectMany(entry => entry.Loaded.Values)
        .Select(version => new Measurement<long>(value(version), ServingMetrics.Labels(version.Name, version.Version)));
}
