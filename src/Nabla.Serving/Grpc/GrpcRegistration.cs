using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Serving.Grpc;

/// <summary>Adds the gRPC form of the protocol.</summary>
internal static class GrpcRegistration
{
    /// <summary>Adds its services; messages have the limit of requests.</summary>
    public static void AddServingGrpc(this IServiceCollection services, ServingOptions options)
    {
        services.AddSingleton<OpenInferenceService>();
        services.AddSingleton<OpenInferenceMethods>();
        services.AddSingleton<IServiceMethodProvider<OpenInferenceMethods>>(provider => provider.GetRequiredService<OpenInferenceMethods>());
        services.AddSingleton<FaultInterceptor>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxRequestBytes;
            grpc.MaxSendMessageSize = null;
            grpc.Interceptors.Add<FaultInterceptor>();
        });
    }

    /// <summary>Adds its endpoints.</summary>
    public static void MapServingGrpc(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<OpenInferenceMethods>().Add(GrpcAccess.Require);
        endpoints.MapGrpcHealthChecksService().AllowAnonymous();
    }
}
