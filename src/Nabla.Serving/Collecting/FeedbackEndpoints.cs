using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Collecting;

/// <summary>Takes what the answer to a request should have been, keeps the request as an example, and counts how often the answer was right.</summary>
internal sealed class FeedbackEndpoints
{
    private const int LargestBody = 1 << 16;

    private readonly RequestMemory memory;
    private readonly CollectedData data;
    private readonly ModelRepository repository;
    private readonly ServingOptions options;
    private readonly Counter<long> labelled;

    /// <param name="memory">What was asked.</param>
    /// <param name="data">Where examples are kept.</param>
    /// <param name="repository">The models.</param>
    /// <param name="options">Whether any are.</param>
    /// <param name="metrics">Where they are counted.</param>
    public FeedbackEndpoints(RequestMemory memory, CollectedData data, ModelRepository repository, ServingOptions options, ServingMetrics metrics)
    {
        (this.memory, this.data, this.repository, this.options) = (memory, data, repository, options);
        labelled = metrics.Meter.CreateCounter<long>("nabla.feedback", "{request}", "Requests that got a label, and whether it was the one that was answered.");
    }

    /// <summary>Adds the endpoint.</summary>
    public void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapPost("/v2/models/{name}/feedback", (HttpContext context, string name) => TakeAsync(context, name))
        .Describe("Says what the answer to a request should have been", typeof(FeedbackBody), typeof(FeedbackAnswer))
        .Needs(ModelRole.Predict);

    private async Task TakeAsync(HttpContext context, string name)
    {
        repository.Find(name);
        if (!options.Collect.Covers(name))
        {
            throw new ServingException(ServingFault.NotFound, $"The server keeps no examples of model '{name}'.");
        }

        (string id, string label) = Parse(JsonBody.ParseObject(await RequestBody.ReadAsync(context, LargestBody, RequestBody.Json).ConfigureAwait(false)));
        Keep(name, id, label);
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("kept", true);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private void Keep(string name, string id, string label)
    {
        AnsweredRequest request = memory.Take(name, id);
        try
        {
            data.Add(request, label);
        }
        catch
        {
            memory.Return(name, id, request);
            throw;
        }

        TagList labels = ServingMetrics.Labels(name, request.Model.Version);
        if (request.Answer is not null)
        {
            labels.Add("right", request.Answer == label ? "true" : "false");
        }

        labelled.Add(1, labels);
    }

    private static (string Id, string Label) Parse(JsonElement body)
    {
        string id = body.TryGetProperty("id", out JsonElement given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : throw Expected("'id', the id of a request");
        return body.TryGetProperty("label", out JsonElement label) && label.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? (id, label.ValueKind == JsonValueKind.String ? label.GetString()! : label.GetRawText())
            : throw Expected("'label', a text or a number");
    }

    private static ServingException Expected(string what) => ServingException.Invalid($"The body expects {what}.");
}
