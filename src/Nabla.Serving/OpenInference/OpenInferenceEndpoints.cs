using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Nabla.Serving.Audit;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.OpenInference;

/// <summary>The REST form of the Open Inference Protocol, version 2, without the model repository.</summary>
internal sealed class OpenInferenceEndpoints(InferenceService inference, ModelRepository repository, ServingOptions options)
{
    /// <summary>The header with the bytes of the JSON before binary tensors.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private const string Protocol = "rest";
    private const string Model = "/v2/models/{name}";
    private const string Version = "/v2/models/{name}/versions/{version}";

    private readonly RepeatedHeader header = new();

    /// <summary>Adds the endpoints.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v2", (HttpContext context, CancellationToken _) => DescribeServer(context)).Describe("Server metadata", answer: typeof(ServerMetadata)).Needs(ModelRole.Read, ModelScope.Any);
        endpoints.MapGet("/v2/health/live", (HttpContext context, CancellationToken _) => WriteTruth(context, "live", true)).Describe("Whether the server runs", answer: typeof(LiveAnswer)).AllowAnonymous();
        endpoints.MapGet("/v2/health/ready", (HttpContext context, CancellationToken _) => AnswerReady(context)).Describe("Whether all models are ready", answer: typeof(ReadyAnswer)).AllowAnonymous();
        endpoints.MapGet(Model, (HttpContext context, string name) => DescribeModel(context, name, null)).Describe("Model metadata", answer: typeof(ModelMetadata)).Needs(ModelRole.Read);
        endpoints.MapGet(Version, (HttpContext context, string name, string version) => DescribeModel(context, name, version)).Describe("Model metadata", answer: typeof(ModelMetadata)).Needs(ModelRole.Read);
        endpoints.MapGet($"{Model}/ready", (HttpContext context, string name) => AnswerReady(context, name, null)).Describe("Whether a model is ready", answer: typeof(ModelReadyAnswer)).Needs(ModelRole.Read);
        endpoints.MapGet($"{Version}/ready", (HttpContext context, string name, string version) => AnswerReady(context, name, version)).Describe("Whether a version is ready", answer: typeof(ModelReadyAnswer)).Needs(ModelRole.Read);
        endpoints.MapPost($"{Model}/infer", (HttpContext context, string name) => InferAsync(context, name, null)).DescribeInference("Inference", typeof(InferenceRequestBody), typeof(InferenceResponseBody)).Needs(ModelRole.Predict).Counted(Protocol);
        endpoints.MapPost($"{Version}/infer", (HttpContext context, string name, string version) => InferAsync(context, name, version)).DescribeInference("Inference", typeof(InferenceRequestBody), typeof(InferenceResponseBody)).Needs(ModelRole.Predict).Counted(Protocol);
    }

    private static Task DescribeServer(HttpContext context) => JsonAnswer.WriteAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", ServerDescription.Name);
        writer.WriteString("version", ServerDescription.Version);
        writer.WriteStartArray("extensions");
        foreach (string extension in ServerDescription.Extensions)
        {
            writer.WriteStringValue(extension);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static Task WriteTruth(HttpContext context, string name, bool value)
    {
        context.Response.StatusCode = value ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean(name, value);
            writer.WriteEndObject();
        });
    }

    private Task AnswerReady(HttpContext context) => WriteTruth(context, "ready", repository.IsReady);

    private Task AnswerReady(HttpContext context, string name, string? version)
    {
        bool ready = ServerDescription.IsReady(repository, name, ServerDescription.VersionOf(name, version));
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteBoolean("ready", ready);
            writer.WriteEndObject();
        });
    }

    private Task DescribeModel(HttpContext context, string name, string? version)
    {
        LoadedVersion described = ServerDescription.Describe(repository, name, ServerDescription.VersionOf(name, version));
        return JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteStartArray("versions");
            foreach (int number in repository.Find(name).Loaded.Keys)
            {
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
            }

            writer.WriteEndArray();
            writer.WriteString("platform", described.Model.Platform);
            JsonTensorSpecs.Write(writer, "inputs", described.Model.Inputs);
            JsonTensorSpecs.Write(writer, "outputs", described.Model.Outputs);
            writer.WriteEndObject();
        });
    }

    // What is refused here is answered here: when there is too much, an exception that unwinds all of the pipeline costs more than an answer.
    private async Task InferAsync(HttpContext context, string name, string? version)
    {
        try
        {
            ModelAddress model = new(name, ServerDescription.VersionOf(name, version));
            inference.Require(model);
            ReadOnlyMemory<byte> body = await RequestBody.RentAsync(context, options.MaxRequestBytes, RequestBody.JsonOrBinary).ConfigureAwait(false);
            RestInferRequest request = Read(context, body, model);
            InferenceOutcome outcome = await inference.TryInferAsync(request.Request, context.RequestAborted).ConfigureAwait(false);
            await (outcome.Response is { } response
                ? InferAnswer.WriteAsync(context, response, request)
                : ErrorAnswers.WriteAsync(context, outcome.Refusal!)).ConfigureAwait(false);

            // Only here: where a request has no answer in time, a replica may still be reading it.
            RequestBody.Return(body);
        }
        catch (ServingException error) when (!context.Response.HasStarted)
        {
            await ErrorAnswers.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private RestInferRequest Read(HttpContext context, ReadOnlyMemory<byte> body, ModelAddress model)
    {
        int? jsonLength = JsonLength(context.Request, body.Length);
        RestInferRequest request = jsonLength switch
        {
            0 => RawRequest.Read(context.Request, body, model),
            { } length => header.Read(body, length, model, options.MaxTensors),
            null => InferRequestReader.Read(body, body.Length, model, options.MaxTensors),
        };
        return request with { Request = request.Request with { Audit = AuditEntry.Of(context), Arrived = RequestBody.ArrivalOf(context) } };
    }

    private static int? JsonLength(HttpRequest request, int bodyLength)
    {
        StringValues headers = request.Headers[JsonLengthHeader];
        if (headers is not [{ } header, ..])
        {
            return null;
        }

        return headers.Count == 1 && int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= bodyLength
            ? length
            : throw ServingException.Invalid($"{JsonLengthHeader} expects a number of bytes up to the {bodyLength} of the body but got '{headers}'.");
    }
}
