using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Nabla.Serving.Http;

/// <summary>What the OpenAPI document says of an endpoint whose body is read by hand.</summary>
/// <param name="Body">The type of the body; null where there is none.</param>
internal sealed record BodyMetadata(Type? Body);

/// <summary>Describes endpoints for the OpenAPI document.</summary>
internal static class EndpointDescription
{
    /// <summary>Says what an endpoint does, takes and answers.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string summary, Type? body = null, Type? answer = null)
    {
        endpoint.WithSummary(summary).WithMetadata(new BodyMetadata(body));
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, answer ?? typeof(void), [RequestBody.Json]));
        foreach (int status in new[] { 400, 404, 503 })
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ErrorAnswer), [RequestBody.Json]));
        }

        return endpoint;
    }

    /// <summary>Adds the OpenAPI document, and to it the bodies that endpoints describe.</summary>
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v2", options =>
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyMetadata>().FirstOrDefault()?.Body is { } type)
            {
                OpenApiSchema schema = await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken).ConfigureAwait(false);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Content = new Dictionary<string, OpenApiMediaType> { [RequestBody.Json] = new() { Schema = schema } },
                };
            }
        }));
}
