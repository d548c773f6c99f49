using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Security;
using Scalar.AspNetCore;

namespace Nabla.Serving.Http;

/// <summary>The description of the API: the OpenAPI document, and a page that shows it.</summary>
internal static class ApiPage
{
    private const string Policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

    /// <summary>Adds <c>/openapi/v2.json</c> and <c>/api</c>. The page is told to load nothing from other hosts, and its browser to let it.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi().Needs(ModelRole.Read, ModelScope.Any);
        endpoints.MapScalarApiReference("/api", (options, context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            options.WithTitle("Nabla").AddDocument("v2").DisableDefaultFonts().HideClientButton().DisableTelemetry();
        }).Needs(ModelRole.Read, ModelScope.Any).Finally(Close);
    }

    // The page's files say of themselves that they are for anybody.
    private static void Close(EndpointBuilder endpoint)
    {
        foreach (IAllowAnonymous open in endpoint.Metadata.OfType<IAllowAnonymous>().ToArray())
        {
            endpoint.Metadata.Remove(open);
        }
    }
}
