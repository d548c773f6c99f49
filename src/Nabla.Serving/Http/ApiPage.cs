using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Nabla.Serving.Http;

/// <summary>The description of the API: the OpenAPI document, and a page that shows it.</summary>
internal static class ApiPage
{
    private const string Policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'";

    /// <summary>Adds <c>/openapi/v2.json</c> and <c>/api</c>. The page is told to load nothing from other hosts, and its browser to let it.</summary>
    public static void MapApiDocument(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        endpoints.MapScalarApiReference("/api", (options, context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            options.WithTitle("Nabla").AddDocument("v2").DisableDefaultFonts().HideClientButton().DisableTelemetry();
        });
    }
}
