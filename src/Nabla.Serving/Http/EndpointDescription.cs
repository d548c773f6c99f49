using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Nabla.Serving.Http;

/// <summary>What the OpenAPI document says of an endpoint whose body is read by hand.</summary>
/// <param name="Json">The type of the body in JSON; null for an object of which nothing more is said.</param>
/// <param name="MediaTypes">The media types of the body.</param>
internal sealed record BodyMetadata(Type? Json, IReadOnlyList<string> MediaTypes);

/// <summary>Describes endpoints for the OpenAPI document.</summary>
internal static class EndpointDescription
{
    /// <summary>Says what an endpoint does, takes and answers.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string summary, Type? body = null, Type? answer = null)
    {
        endpoint.WithSummary(summary).WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, answer ?? typeof(void), [RequestBody.Json]));
        if (body is not null)
        {
            endpoint.WithMetadata(new BodyMetadata(body, [RequestBody.Json]));
        }

        endpoint.Finally(AddErrors);
        return endpoint;
    }

    /// <summary>Says the same of one that computes, so that its answer may come too late.</summary>
    public static RouteHandlerBuilder DescribeInference(this RouteHandlerBuilder endpoint, string summary, Type? body = null, Type? answer = null) =>
        endpoint.Describe(summary, body, answer).WithMetadata(Error(StatusCodes.Status504GatewayTimeout));

    /// <summary>Says that the body of an endpoint may be files, texts and objects.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params IReadOnlyList<string> mediaTypes) =>
        endpoint.WithMetadata(new BodyMetadata(null, mediaTypes));

    /// <summary>Adds the OpenAPI document, and to it the bodies that endpoints describe.</summary>
    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v2", options =>
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyMetadata>().FirstOrDefault() is { } body)
            {
                Dictionary<string, OpenApiMediaType> content = [];
                foreach (string mediaType in body.MediaTypes)
                {
                    content[mediaType] = new OpenApiMediaType { Schema = await SchemaOf(body, mediaType, context, cancellationToken).ConfigureAwait(false) };
                }

                operation.RequestBody = new OpenApiRequestBody { Content = content };
            }
        }));

    private static async Task<OpenApiSchema> SchemaOf(BodyMetadata body, string mediaType, OpenApiOperationTransformerContext context, CancellationToken cancellationToken) => mediaType switch
    {
        RequestBody.Json when body.Json is { } type => await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken).ConfigureAwait(false),
        RequestBody.Json => new OpenApiSchema { Type = JsonSchemaType.Object },
        _ when mediaType.StartsWith("text/", StringComparison.Ordinal) => new OpenApiSchema { Type = JsonSchemaType.String },
        _ => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
    };

    // Whether callers need a role, and whether there is a body, is known when all has been said of an endpoint.
    private static void AddErrors(EndpointBuilder endpoint)
    {
        List<int> statuses = [400, 404, 500, 503];
        if (!endpoint.Metadata.OfType<IAllowAnonymous>().Any())
        {
            statuses.AddRange([401, 403, 429]);
        }

        if (endpoint.Metadata.OfType<BodyMetadata>().Any())
        {
            statuses.AddRange([408, 413, 415]);
        }

        foreach (int status in statuses)
        {
            endpoint.Metadata.Add(Error(status));
        }
    }

    private static ProducesResponseTypeMetadata Error(int status) => new(status, typeof(ErrorAnswer), [RequestBody.Json]);
}
