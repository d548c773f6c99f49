using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.RateLimiting;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Grpc;

/// <summary>What callers of each method need, and which is counted; with which model stands in the message, so the method looks there.</summary>
internal static class GrpcAccess
{
    /// <summary>Asks for it.</summary>
    public static void Require(EndpointBuilder endpoint)
    {
        switch (endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method.Name)
        {
            case "ServerLive" or "ServerReady":
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
                break;
            case "ModelInfer":
                Require(endpoint, ModelRole.Predict);
                endpoint.Metadata.Add(new CountedEndpoint("grpc"));
                break;
            case "RepositoryModelLoad" or "RepositoryModelUnload":
                Require(endpoint, ModelRole.Admin);
                break;
            default:
                Require(endpoint, ModelRole.Read);
                break;
        }
    }

    private static void Require(EndpointBuilder endpoint, ModelRole role)
    {
        endpoint.Metadata.Add(new AuthorizeAttribute());
        endpoint.Metadata.Add(Access.Policy(role, ModelScope.Any));
        endpoint.Metadata.Add(new AccessRequirement(role, ModelScope.Any));
        endpoint.Metadata.Add(new EnableRateLimitingAttribute(CallerQuota.Name));
    }
}
