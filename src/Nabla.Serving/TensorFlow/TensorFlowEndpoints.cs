using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Audit;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>The REST API of TensorFlow Serving: predict, classify and regress, status and metadata of models.</summary>
internal sealed class TensorFlowEndpoints(InferenceService inference, ModelRepository repository, ServingOptions options)
{
    private const string Protocol = "tensorflow";

    /// <summary>Adds the endpoints.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/v1/models/{name}", context => new ModelAddress(NameOf(context)));
        Map(endpoints, "/v1/models/{name}/versions/{version}", context => new ModelAddress(NameOf(context), ServerDescription.VersionOf(NameOf(context), (string)context.Request.RouteValues["version"]!)));
        Map(endpoints, "/v1/models/{name}/labels/{label}", context => new ModelAddress(NameOf(context), Label: (string)context.Request.RouteValues["label"]!));
    }

    private void Map(IEndpointRouteBuilder endpoints, string model, Func<HttpContext, ModelAddress> address)
    {
        endpoints.MapGet(model, (HttpContext context, CancellationToken _) => WriteStatus(context, address(context))).Describe("TensorFlow Serving: status of a model", answer: typeof(ModelVersionStatus)).Needs(ModelRole.Read);
        endpoints.MapGet($"{model}/metadata", (HttpContext context, CancellationToken _) => WriteMetadata(context, address(context))).Describe("TensorFlow Serving: metadata of a model").Needs(ModelRole.Read);
        endpoints.MapPost($"{model}:predict", (HttpContext context, CancellationToken _) => PredictAsync(context, address(context))).DescribeInference("TensorFlow Serving: predict", typeof(PredictBody)).Needs(ModelRole.Predict).Counted(Protocol);
        endpoints.MapPost($"{model}:classify", (HttpContext context, CancellationToken _) => AnswerExamplesAsync(context, address(context), isClassification: true)).DescribeInference("TensorFlow Serving: classify", typeof(ExamplesBody)).Needs(ModelRole.Predict).Counted(Protocol);
        endpoints.MapPost($"{model}:regress", (HttpContext context, CancellationToken _) => AnswerExamplesAsync(context, address(context), isClassification: false)).DescribeInference("TensorFlow Serving: regress", typeof(ExamplesBody)).Needs(ModelRole.Predict).Counted(Protocol);
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private async Task PredictAsync(HttpContext context, ModelAddress model)
    {
        JsonElement body = await ReadAsync(context, model).ConfigureAwait(false);
        bool isRows = PredictRequest.IsRows(body);
        InferenceResponse response = await InferAsync(context, model, version => PredictRequest.Read(body, isRows, version)).ConfigureAwait(false);
        if (isRows)
        {
            PredictAnswer.RequireRows(response);
        }

        await JsonAnswer.WriteAsync(context, writer => PredictAnswer.Write(writer, response.Outputs, isRows)).ConfigureAwait(false);
    }

    private async Task AnswerExamplesAsync(HttpContext context, ModelAddress model, bool isClassification)
    {
        JsonElement body = await ReadAsync(context, model).ConfigureAwait(false);
        InferenceResponse response = await InferAsync(context, model, version =>
        {
            ExampleAnswers.RequireFitting(version, isClassification);
            return ExamplesRequest.Read(body, version);
        }).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, writer => ExampleAnswers.Write(writer, response.Version, response.Outputs[0], isClassification)).ConfigureAwait(false);
    }

    private Task<InferenceResponse> InferAsync(HttpContext context, ModelAddress model, Func<LoadedVersion, IReadOnlyList<WireTensor>> read)
    {
        InferenceRequest request = new()
        {
            Model = model,
            Inputs = [],
            Read = (asked, version) => asked with { Inputs = read(version) },
            Protocol = Protocol,
            Audit = AuditEntry.Of(context),
            Arrived = RequestBody.ArrivalOf(context),
        };
        return inference.InferAsync(request, context.RequestAborted);
    }

    private async Task<JsonElement> ReadAsync(HttpContext context, ModelAddress model)
    {
        inference.Require(model);
        ReadOnlyMemory<byte> read = await RequestBody.ReadAsync(context, options.MaxRequestBytes, RequestBody.JsonOrUnsaid).ConfigureAwait(false);
        JsonElement body = read.IsEmpty
            ? throw ServingException.Invalid($"Model '{model.Name}' expects a body in JSON but got none.")
            : JsonBody.ParseObject(read);
        RequireSignature(body);
        return body;
    }

    private static void RequireSignature(JsonElement body)
    {
        if (body.TryGetProperty("signature_name", out JsonElement signature) && !(signature.ValueKind == JsonValueKind.String && signature.GetString() is "" or "serving_default"))
        {
            throw ServingException.Invalid($"The signature 'serving_default' is the only one but {signature.GetRawText()} was asked for.");
        }
    }

    private Task WriteStatus(HttpContext context, ModelAddress model)
    {
        ModelEntry entry = repository.Find(model.Name);
        int? only = model.Version ?? (model.Label is null ? null : entry.Resolve(model).Version);
        VersionStatus[] states = [.. entry.States.Where(status => only is null || status.Version == only)];
        return states.Length == 0
            ? throw new ServingException(ServingFault.NotFound, $"Model '{model.Name}' has no version {only}.")
            : JsonAnswer.WriteAsync(context, writer => WriteStatus(writer, states));
    }

    private static void WriteStatus(Utf8JsonWriter writer, VersionStatus[] states)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("model_version_status");
        foreach (VersionStatus status in states.OrderByDescending(status => status.Version))
        {
            writer.WriteStartObject();
            writer.WriteString("version", status.Version.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("state", status.State switch
            {
                VersionState.Ready => "AVAILABLE",
                VersionState.Loading => "LOADING",
                VersionState.Unloading => "UNLOADING",
                _ => "END",
            });
            writer.WriteStartObject("status");
            writer.WriteString("error_code", status.IsFailure ? "UNKNOWN" : "OK");
            writer.WriteString("error_message", status.Reason);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private Task WriteMetadata(HttpContext context, ModelAddress model)
    {
        LoadedVersion version = repository.Resolve(model.Undealt);
        return JsonAnswer.WriteAsync(context, writer => SignatureAnswer.Write(writer, version));
    }
}
