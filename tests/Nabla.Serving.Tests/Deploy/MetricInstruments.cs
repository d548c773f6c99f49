using System.Diagnostics.Metrics;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Tests.Deploy;

/// <summary>The instruments of a server, under the names that Prometheus gives them.</summary>
internal static class MetricInstruments
{
    private static readonly string[] Parts = ["_bucket", "_sum", "_count"];

    /// <summary>The names of all instruments of the server's meter: dots become underscores, seconds and bytes are told, counters end in total.</summary>
    public static IReadOnlyList<string> Names(IServiceProvider services)
    {
        List<string> names = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == ((ServingMetrics)services.GetService(typeof(ServingMetrics))!).Meter)
            {
                names.Add(NameOf(instrument));
            }
        };
        listener.Start();
        return names;
    }

    /// <summary>The histogram that a series belongs to; any other series is its own.</summary>
    public static string Series(string name) => Parts.FirstOrDefault(part => name.EndsWith(part, StringComparison.Ordinal)) is { } part ? name[..^part.Length] : name;

    private static string NameOf(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => string.Empty };
        return instrument.Name.Replace('.', '_') + unit + (instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) || instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "_total" : string.Empty);
    }
}
