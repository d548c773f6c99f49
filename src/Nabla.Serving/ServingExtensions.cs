using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Nabla.Serving.Alerts;
using Nabla.Serving.Audit;
using Nabla.Serving.Collecting;
using Nabla.Serving.Drift;
using Nabla.Serving.Grpc;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Models;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Page;
using Nabla.Serving.Plain;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;
using Nabla.Serving.TensorFlow;

namespace Nabla.Serving;

/// <summary>Adds a model server to an ASP.NET Core application.</summary>
/// <example>
/// <code>
/// WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
/// builder.Services.AddNablaServing(new ServingOptions { Models = "models" });
/// WebApplication app = builder.Build();
/// app.MapNablaServing();
/// app.Run();
/// </code>
/// </example>
public static class ServingExtensions
{
    /// <summary>Adds what serves models: they are loaded when the application starts.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="options">What is served, and within which limits.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IServiceCollection AddNablaServing(this IServiceCollection services, ServingOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options.Validated());
        services.TryAddSingleton(TimeProvider.System);
        SignatureCheck signatures = new(options);
        services.AddSingleton(signatures);
        services.TryAddSingleton<ModelReader>(new SharedModels(signatures.Require).Load);
        services.AddSingleton<ServingMetrics>();
        services.AddSingleton<VersionLoader>();
        services.AddSingleton<ModelRepository>();
        services.AddSingleton<RequestFailures>();
        services.AddSingleton<RepositoryGauges>();
        services.AddSingleton<DriftGauges>();
        services.AddSingleton<ShadowTraffic>();
        services.AddSingleton<PictureDecoder>();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<InferenceService>();
        services.AddSingleton<OpenInferenceEndpoints>();
        services.AddSingleton<RepositoryEndpoints>();
        services.AddSingleton<TensorFlowEndpoints>();
        services.AddSingleton<PredictEndpoints>();
        services.AddSingleton<RequestMemory>();
        services.AddSingleton<CollectedData>();
        services.AddSingleton<FeedbackEndpoints>();
        services.AddSingleton<ServerState>();
        services.AddSingleton<ModelForm>();
        services.AddSingleton<PageEndpoints>();
        services.AddHostedService<RepositoryService>();
        services.AddHostedService<ReplicaScaler>();
        services.AddRequestDecompression();
        services.AddServingAudit(options);
        services.AddServingSecurity(options);
        services.AddServingGrpc(options);
        services.AddServingTelemetry();
        services.AddServingAlerts();
        services.AddApiDocument();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServingJson.Default));
        if (options.MaxConnections is { } connections)
        {
            services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxConcurrentConnections = connections);
        }

        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        return services;
    }

    /// <summary>Adds the endpoints of all protocols, health, metrics and the API's description.</summary>
    /// <param name="app">The application, with the services of <see cref="AddNablaServing"/>.</param>
    public static WebApplication MapNablaServing(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        ServingOptions options = app.Services.GetRequiredService<ServingOptions>();
        app.UseMiddleware<AuditTrail>();
        app.UseMiddleware<ErrorAnswers>();
        app.Use((context, next) =>
        {
            // The server's own limit counts what a body unpacks to; Kestrel's counts the frames of chunks too, which are six bytes for one at worst.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = (8L * options.MaxRequestBytes) + (1 << 16);
            }

            return next(context);
        });
        app.UseRequestDecompression();
        app.UseRouting();
        app.UseServingSecurity();
        app.UseServingGrpc();
        app.Services.GetRequiredService<RepositoryGauges>();
        app.Services.GetRequiredService<DriftGauges>();
        app.Services.GetRequiredService<OpenInferenceEndpoints>().Map(app);
        app.Services.GetRequiredService<RepositoryEndpoints>().Map(app);
        app.Services.GetRequiredService<TensorFlowEndpoints>().Map(app);
        app.Services.GetRequiredService<PredictEndpoints>().Map(app);
        app.Services.GetRequiredService<FeedbackEndpoints>().Map(app);
        app.Services.GetRequiredService<PageEndpoints>().Map(app);
        app.MapServingGrpc();
        app.MapServingTelemetry();
        app.MapApiDocument();
        return app;
    }
}
