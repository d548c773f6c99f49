using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Telemetry;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Telemetry;

/// <summary>What a server counts of its requests from now on.</summary>
internal sealed class CountedRequests : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<string> failures = new();
    private int all;

    public CountedRequests(ServingHost host)
    {
        Meter meter = host.Services.GetRequiredService<ServingMetrics>().Meter;
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == meter && instrument.Name is "nabla.requests" or "nabla.request.failures")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(Count);
        listener.Start();
    }

    /// <summary>How many requests there were, those without an answer among them.</summary>
    public int All => Volatile.Read(ref all);

    /// <summary>Those without an answer: model, protocol and reason.</summary>
    public string[] Failures => [.. failures];

    /// <summary>Those without an answer, when there are so many; the last of a caller who has gone away is noticed a little later.</summary>
    public async Task<string[]> FailuresAt(int count)
    {
        for (int round = 0; round < 1000 && failures.Count < count; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return Failures;
    }

    public void Dispose() => listener.Dispose();

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == "nabla.requests")
        {
            Interlocked.Add(ref all, (int)value);
            return;
        }

        Dictionary<string, object?> labels = new(tags.ToArray());
        failures.Enqueue($"{labels["model"]} {labels["protocol"]} {labels["reason"]}");
    }
}
