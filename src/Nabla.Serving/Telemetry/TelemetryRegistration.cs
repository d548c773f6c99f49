using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Http;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Nabla.Serving.Telemetry;

/// <summary>Adds metrics, traces and health.</summary>
internal static class TelemetryRegistration
{
    /// <summary>Adds them; an application that exports OpenTelemetry (<c>WithTracing</c>) has the sources of its traces added.</summary>
    public static void AddServingTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(ServingMetrics.SourceName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddPrometheusExporter());
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddView(OfThisApplicationAlone(provider.GetRequiredService<IMeterFactory>())));

        // Traces are made where the application has something done with them: spans that nobody reads cost each request as much as all counts do.
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddSource(ServingMetrics.SourceName, "Microsoft.AspNetCore"));
        services.AddHealthChecks().AddCheck<ModelHealth>("models");
        services.AddGrpcHealthChecks();
    }

    /// <summary>Adds <c>/metrics</c> and <c>/health</c>, which tell of all models, and <c>/health/ready</c>, which tells of none, for probes.</summary>
    public static void MapServingTelemetry(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint("/metrics").Needs(ModelRole.Read);
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthAnswer.WriteAsync }).Needs(ModelRole.Read);
        ModelRepository repository = app.Services.GetRequiredService<ModelRepository>();
        app.MapGet("/health/ready", (HttpContext context, CancellationToken _) => HealthAnswer.WriteReadyAsync(context, repository))
            .Describe("Whether requests are to be sent to this server", answer: typeof(ReadyAnswer)).AllowAnonymous();
    }

    // Meters are found by their names in the whole process, where another application may serve models too.
    private static Func<Instrument, MetricStreamConfiguration?> OfThisApplicationAlone(IMeterFactory mine) => instrument =>
        instrument.Meter.Scope is IMeterFactory factory && factory != mine ? MetricStreamConfiguration.Drop : null;
}
