using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;

namespace Nabla.Serving.OpenInference;

/// <summary>The model repository extension of the protocol, as Triton has it, and who gets which version: traffic rules and their roll back.</summary>
internal sealed class RepositoryEndpoints(ModelRepository repository, ServingOptions options)
{
    private const string Model = "/v2/repository/models/{name}";

    /// <summary>Adds the endpoints.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v2/repository/index", (HttpContext context, CancellationToken _) => IndexAsync(context)).Describe("All versions and their states", typeof(IndexRequestBody), typeof(ModelIndexEntry[])).Needs(ModelRole.Read, ModelScope.Any);
        endpoints.MapPost($"{Model}/load", (HttpContext context, string name) => LoadAsync(context, name)).Describe("Loads a model anew", typeof(VersionChoice)).Needs(ModelRole.Admin);
        endpoints.MapPost($"{Model}/unload", (HttpContext context, string name) => UnloadAsync(context, name)).Describe("Lets a model go", typeof(VersionChoice)).Needs(ModelRole.Admin);
        endpoints.MapGet($"{Model}/traffic", (HttpContext context, string name) => WriteRules(context, repository.Find(name).Rules)).Describe("Who gets which version", answer: typeof(TrafficRules)).Needs(ModelRole.Read);
        endpoints.MapPost($"{Model}/traffic", (HttpContext context, string name) => SetTrafficAsync(context, name)).Describe("Changes who gets which version", typeof(TrafficRules), typeof(TrafficRules)).Needs(ModelRole.Admin);
        endpoints.MapPost($"{Model}/rollback", (HttpContext context, string name) => RollBackAsync(context, name)).Describe("Goes back to the rules before the last change, or to the version before", answer: typeof(TrafficRules)).Needs(ModelRole.Admin);
    }

    private async Task IndexAsync(HttpContext context)
    {
        JsonElement body = await ReadAsync(context, RequestBody.JsonOrUnsaid).ConfigureAwait(false);
        bool readyOnly = body.TryGetProperty("ready", out JsonElement ready) && RequestParameters.Truth("ready", ready);
        await JsonAnswer.WriteAsync(context, writer => Write(writer, ServerDescription.Index(repository, readyOnly, name => Access.MaySee(context, name)))).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter writer, IEnumerable<VersionStatus> states)
    {
        writer.WriteStartArray();
        foreach (VersionStatus status in states)
        {
            writer.WriteStartObject();
            writer.WriteString("name", status.Name);
            writer.WriteString("version", status.Version.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("state", status.StateName);
            writer.WriteString("reason", status.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private async Task LoadAsync(HttpContext context, string name)
    {
        int? version = VersionIn(await ReadAsync(context).ConfigureAwait(false), name);
        await repository.LoadAsync(name, version, context.RequestAborted).ConfigureAwait(false);
        await WriteEmptyAsync(context).ConfigureAwait(false);
    }

    private async Task UnloadAsync(HttpContext context, string name)
    {
        int? version = VersionIn(await ReadAsync(context).ConfigureAwait(false), name);
        await repository.UnloadAsync(name, version, context.RequestAborted).ConfigureAwait(false);
        await WriteEmptyAsync(context).ConfigureAwait(false);
    }

    private async Task SetTrafficAsync(HttpContext context, string name)
    {
        TrafficRules rules = RulesIn(await ReadAsync(context).ConfigureAwait(false));
        await repository.SetTrafficAsync(name, rules, context.RequestAborted).ConfigureAwait(false);
        await WriteRules(context, rules).ConfigureAwait(false);
    }

    private async Task RollBackAsync(HttpContext context, string name)
    {
        await ReadAsync(context).ConfigureAwait(false);
        await WriteRules(context, await repository.RollBackAsync(name, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static Task WriteEmptyAsync(HttpContext context) => JsonAnswer.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    });

    private static Task WriteRules(HttpContext context, TrafficRules rules) => JsonAnswer.WriteAsync(context, writer =>
        JsonSerializer.Serialize(writer, rules, ServingJson.Default.TrafficRules));

    private static TrafficRules RulesIn(JsonElement body)
    {
        try
        {
            TrafficRules rules = body.Deserialize(ServingJson.Default.TrafficRules)!;
            rules.Validate("traffic");
            return rules;
        }
        catch (JsonException error)
        {
            throw new ServingException(
                ServingFault.InvalidRequest,
                $"The body expects the numbers 'stable', 'canary', 'canaryShare' and 'shadow', each once at most, but has another field or value at {error.Path ?? "$"}.",
                error);
        }
        catch (ArgumentException error)
        {
            throw new ServingException(ServingFault.InvalidRequest, $"The body is no traffic rules: {error.Message}", error);
        }
    }

    // The extension leaves room for parameters: 'version' is ours, those that would change what is loaded are refused, and others are ignored.
    private static int? VersionIn(JsonElement body, string model)
    {
        if (!body.TryGetProperty("parameters", out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        RepositoryParameters.Require(parameters.EnumerateObject().Select(parameter => parameter.Name));
        if (!parameters.TryGetProperty("version", out JsonElement version))
        {
            return null;
        }

        return ServerDescription.VersionOf(model, version.ValueKind == JsonValueKind.String ? version.GetString() : version.GetRawText());
    }

    private async Task<JsonElement> ReadAsync(HttpContext context, params string[] mediaTypes)
    {
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(context, options.MaxRequestBytes, mediaTypes is [] ? [RequestBody.Json] : mediaTypes).ConfigureAwait(false);
        return JsonBody.ParseObject(body);
    }
}
