using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Audit;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Telemetry;

/// <summary>Says of an endpoint that a model answers there, so that requests to it are counted.</summary>
/// <param name="Protocol">What counts call the protocol.</param>
internal sealed record CountedEndpoint(string Protocol);

/// <summary>
/// Counts the requests for an answer of a model that have none. Each is counted where its refusal is written, whoever refused it: the caller's rights, their
/// quota, the reading of the body, the model or its queue.
/// </summary>
internal sealed class RequestFailures(ServingMetrics metrics, ModelRepository repository)
{
    private const string ModelInPath = "name";

    /// <summary>Counts a request, if it was one for an answer and has not been counted as answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fault">Why there is no answer.</param>
    /// <param name="model">The model that its message names; null for the one in its path.</param>
    public void Count(HttpContext context, ServingFault fault, string? model = null)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<CountedEndpoint>() is not { } counted || AuditEntry.Of(context)?.IsAnswered == true)
        {
            return;
        }

        model ??= context.GetRouteValue(ModelInPath) as string;
        metrics.Failed(model is null ? null : repository.TryFind(model)?.Name, counted.Protocol, fault);
    }
}

/// <summary>Says which endpoints are counted.</summary>
internal static class CountedEndpointExtensions
{
    /// <summary>Has requests to an endpoint counted.</summary>
    public static TBuilder Counted<TBuilder>(this TBuilder endpoint, string protocol)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new CountedEndpoint(protocol));
}
