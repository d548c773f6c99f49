using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Nabla.Serving.Batching;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Telemetry;

/// <summary>What the server counts and measures, as OpenTelemetry reads it.</summary>
internal sealed class ServingMetrics
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string SourceName = "Nabla.Serving";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Counter<long> requests;
    private readonly Counter<long> failures;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> queueTime;
    private readonly Histogram<double> computeTime;
    private readonly Histogram<long> batchRows;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="time">The clock.</param>
    public ServingMetrics(IMeterFactory meters, TimeProvider time)
    {
        Recent = new RecentTraffic(time);
        Meter = meters.Create(SourceName);
        requests = Meter.CreateCounter<long>("nabla.requests", "{request}", "Requests for answers of a model.");
        failures = Meter.CreateCounter<long>("nabla.request.failures", "{request}", "Requests that were not answered, by reason.");
        duration = Meter.CreateHistogram("nabla.request.duration", "s", "From a request's arrival at the model to its answer.", advice: Seconds);
        queueTime = Meter.CreateHistogram("nabla.queue.duration", "s", "What answered requests waited.", advice: Seconds);
        computeTime = Meter.CreateHistogram("nabla.compute.duration", "s", "What batches took to compute.", advice: Seconds);
        batchRows = Meter.CreateHistogram(
            "nabla.batch.rows", "{row}", "The rows of batches.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });
    }

    /// <summary>The meter, for what is observed where it stands.</summary>
    public Meter Meter { get; }

    /// <summary>What the last minutes were like.</summary>
    public RecentTraffic Recent { get; }

    /// <summary>Where traces of single requests begin.</summary>
    public static ActivitySource Traces { get; } = new(SourceName);

    /// <summary>The labels of a version.</summary>
    public static TagList Labels(string model, int version) => new()
    {
        { "model", model },
        { "version", version.ToString(CultureInfo.InvariantCulture) },
    };

    /// <summary>A request was answered.</summary>
    public void Answered(string model, int version, string protocol, TimeSpan took, TimeSpan queued)
    {
        Recent.Of(model).Answered(took, queued);
        TagList labels = Labels(model, version);
        queueTime.Record(queued.TotalSeconds, labels);
        labels.Add("protocol", protocol);
        requests.Add(1, labels);
        duration.Record(took.TotalSeconds, labels);
    }

    /// <summary>A request was not answered.</summary>
    /// <param name="model">The model that it named, if there is one of that name; else null, so that callers cannot make up labels.</param>
    /// <param name="protocol">How it came.</param>
    /// <param name="fault">Why.</param>
    public void Failed(string? model, string protocol, ServingFault fault)
    {
        // A model that is not loaded yet has not failed.
        if (model is not null && fault != ServingFault.Loading)
        {
            Recent.Of(model).Failed(fault);
        }

        TagList labels = new() { { "model", model ?? "unknown" }, { "protocol", protocol } };
        requests.Add(1, labels);
        labels.Add("reason", ServingException.ReasonOf(fault));
        failures.Add(1, labels);
    }

    /// <summary>A batch was computed.</summary>
    public void Computed(string model, int version, BatchRecord batch)
    {
        TagList labels = Labels(model, version);
        computeTime.Record(batch.ComputeTime.TotalSeconds, labels);
        batchRows.Record(batch.Rows, labels);
    }
}
