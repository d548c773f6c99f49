using System.Diagnostics;
using System.Diagnostics.Metrics;
using Nabla.Serving.Repository;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Drift;

/// <summary>Exports how far requests and answers are from training, feature by feature.</summary>
internal sealed class DriftGauges
{
    private readonly ModelRepository repository;

    /// <param name="metrics">Whose meter they belong to.</param>
    /// <param name="repository">The models.</param>
    public DriftGauges(ServingMetrics metrics, ModelRepository repository)
    {
        this.repository = repository;
        metrics.Meter.CreateObservableGauge("nabla.drift.psi", () => Observe(drift => drift.Score.PopulationStabilityIndex), null, "Population stability index.");
        metrics.Meter.CreateObservableGauge("nabla.drift.ks", () => Observe(drift => drift.Score.KolmogorovSmirnov), null, "Kolmogorov-Smirnov statistic.");
    }

    private IEnumerable<Measurement<double>> Observe(Func<FeatureDrift, double?> value)
    {
        foreach (LoadedVersion version in repository.Entries.SelectMany(entry => entry.Loaded.Values).Where(version => version.Drift is not null))
        {
            foreach (FeatureDrift drift in version.Drift!.Scores())
            {
                if (value(drift) is { } number)
                {
                    TagList labels = ServingMetrics.Labels(version.Name, version.Version);
                    labels.Add("part", drift.Part);
                    labels.Add("feature", drift.Feature);
                    yield return new Measurement<double>(number, labels);
                }
            }
        }
    }
}
