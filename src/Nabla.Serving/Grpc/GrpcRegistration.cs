using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Http;

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

    /// <summary>Counts messages among the bodies of all requests; behind what refuses callers, whose messages are not read.</summary>
    public static void UseServingGrpc(this IApplicationBuilder app)
    {
        BodyBudget budget = app.ApplicationServices.GetRequiredService<BodyBudget>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            {
                BodyShare share = budget.Begin();
                context.Response.RegisterForDispose(share);
                context.Features.Set(share);
                context.Features.Set<IRequestBodyPipeFeature>(new MessageReader(context.Request.BodyReader, share, error => GrpcErrorAnswer.Refuse(context, error)));
            }

            return next(context);
        });
    }

    /// <summary>Adds its endpoints.</summary>
    public static void MapServingGrpc(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGrpcService<OpenInferenceMethods>().Add(GrpcAccess.Require);
        endpoints.MapGrpcHealthChecksService().AllowAnonymous();
    }
}
