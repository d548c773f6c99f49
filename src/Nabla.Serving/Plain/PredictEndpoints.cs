using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Audit;
using Nabla.Serving.Collecting;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;
using Nabla.Serving.Telemetry;
using Nabla.Serving.TensorFlow;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Plain;

/// <summary>
/// What a person has, and what they want to know: <c>POST /predict/NAME</c> takes a picture file, a text, or a row of a table, as the model's saved
/// preprocessing says, and answers the label with the probabilities of all, or a number.
/// </summary>
internal sealed class PredictEndpoints(InferenceService inference, ServingOptions options)
{
    private const string Protocol = "predict";
    private const string Text = "text/plain";

    private static readonly string[] Pictures = ["image/png", "image/jpeg", "image/bmp", "image/gif", "image/webp", RequestBody.Binary];
    private static readonly string[] Texts = [Text, "text/csv", RequestBody.Json];

    /// <summary>Adds the endpoint.</summary>
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/predict/{name}", (HttpContext context, string name) => PredictAsync(context, name)).DescribeInference("Predicts from a picture, a text or a row of a table", answer: typeof(Prediction)).Takes([.. Pictures, .. Texts]).Needs(ModelRole.Predict).Counted(Protocol);

    private async Task PredictAsync(HttpContext context, string name)
    {
        ModelAddress address = new(name);
        inference.Require(address);
        ReadOnlyMemory<byte> body = await RequestBody.ReadAsync(context, options.MaxRequestBytes, [.. Pictures, .. Texts]).ConfigureAwait(false);
        InferenceRequest request = new()
        {
            Model = address,
            Inputs = [],
            Read = (asked, version) => Complete(asked, version, context.Request, body),
            Protocol = Protocol,
            Audit = AuditEntry.Of(context),
            Arrived = RequestBody.ArrivalOf(context),
        };
        InferenceResponse response = await inference.InferAsync(request, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, writer => Write(writer, response)).ConfigureAwait(false);
    }

    private InferenceRequest Complete(InferenceRequest asked, LoadedVersion version, HttpRequest request, ReadOnlyMemory<byte> body)
    {
        SavedModel model = version.Model.Saved is { } saved && RawInputs.KindOf(saved) != RawKind.None
            ? saved
            : throw ServingException.Invalid($"Model '{version.Name}' takes numbers alone: ask it by /v2/models/{version.Name}/infer.");
        RequestBody.RequireMediaType(request, RawInputs.KindOf(model) == RawKind.Image ? Pictures : Texts);
        ArrayBufferWriter<byte> element = new();
        ByteElements.Write(element, ElementOf(request, body, model).Span);
        WireTensor input = new(model.Signature.Inputs[0].Name, ElementType.Bytes, [1], element.WrittenMemory);
        return asked with { Id = IdFor(version.Name, model), Inputs = [input] };
    }

    // What the answer should have been is told by this id.
    private string? IdFor(string name, SavedModel model) => options.Collect.Covers(name) && KeptFields.Any(model) ? Guid.NewGuid().ToString() : null;

    private static ReadOnlyMemory<byte> ElementOf(HttpRequest request, ReadOnlyMemory<byte> body, SavedModel model)
    {
        if (body.IsEmpty)
        {
            throw ServingException.Invalid($"Model '{model.Name}' expects a picture, a text or a row as the body but got nothing.");
        }

        bool isJson = request.ContentType?.StartsWith(RequestBody.Json, StringComparison.OrdinalIgnoreCase) == true;
        return isJson ? FromJson(JsonBody.ParseObject(body), model) : TrimmedRow(body, model);
    }

    private static ReadOnlyMemory<byte> TrimmedRow(ReadOnlyMemory<byte> body, SavedModel model) =>
        RawInputs.KindOf(model) == RawKind.Row ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Span).Trim()) : body;

    // {"text": "..."} for texts; an object by names of columns for tables.
    private static ReadOnlyMemory<byte> FromJson(JsonElement json, SavedModel model)
    {
        if (model.Preprocessing?.Table is { } table)
        {
            return Encoding.UTF8.GetBytes(ExamplesRequest.Line(table, json, 0));
        }

        return json.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : throw ServingException.Invalid($"Model '{model.Name}' expects an object with a 'text'.");
    }

    private static void Write(Utf8JsonWriter writer, InferenceResponse response)
    {
        SavedModel model = response.Version.Model.Saved!;
        float[] values = MemoryMarshal.Cast<byte, float>(response.Outputs[0].Data.Span).ToArray();
        writer.WriteStartObject();
        if (response.Id is { } id)
        {
            writer.WriteString("id", id);
        }

        writer.WriteString("model", response.Version.Name);
        writer.WriteString("version", response.Version.Version.ToString(CultureInfo.InvariantCulture));
        if (model.Task == PredictionTask.Classification)
        {
            WriteClasses(writer, model, values);
        }
        else
        {
            writer.WriteNumber("value", model.Preprocessing?.Table?.Target.Restore(values[0]) ?? values[0]);
        }

        writer.WriteEndObject();
    }

    private static void WriteClasses(Utf8JsonWriter writer, SavedModel model, float[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(index => values[index])];
        writer.WriteString("label", ExampleAnswers.LabelOf(model, order[0]));
        writer.WriteStartObject("probabilities");
        foreach (int index in order)
        {
            writer.WriteNumber(ExampleAnswers.LabelOf(model, index), values[index]);
        }

        writer.WriteEndObject();
    }
}
