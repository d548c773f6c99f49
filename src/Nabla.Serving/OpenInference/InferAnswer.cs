using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.OpenInference;

/// <summary>Writes the inference response object of the protocol, and behind it the outputs that come as bytes.</summary>
internal static class InferAnswer
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="response">What the model answered.</param>
    /// <param name="isBinary">Whether an output comes as bytes, by its name.</param>
    public static async Task WriteAsync(HttpContext context, InferenceResponse response, Func<string, bool> isBinary)
    {
        WireTensor[] binary = [.. response.Outputs.Where(output => isBinary(output.Name))];
        ReadOnlyMemory<byte> json = JsonAnswer.ToBytes(writer => Write(writer, response, binary));
        context.Response.ContentType = binary.Length > 0 ? RequestBody.Binary : RequestBody.Json;
        context.Response.ContentLength = json.Length + binary.Sum(output => (long)output.Data.Length);
        if (binary.Length > 0)
        {
            context.Response.Headers[OpenInferenceEndpoints.JsonLengthHeader] = json.Length.ToString(CultureInfo.InvariantCulture);
        }

        // All of it goes out at once: each flush of the writer is a packet of its own.
        PipeWriter body = context.Response.BodyWriter;
        body.Write(json.Span);
        foreach (WireTensor output in binary)
        {
            body.Write(output.Data.Span);
        }

        await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter writer, InferenceResponse response, WireTensor[] binary)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", response.ModelName);
        writer.WriteString("model_version", response.ModelVersion.ToString(CultureInfo.InvariantCulture));
        if (response.Id is { } id)
        {
            writer.WriteString("id", id);
        }

        writer.WriteStartArray("outputs");
        foreach (WireTensor output in response.Outputs)
        {
            Write(writer, output, binary.Contains(output));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, WireTensor output, bool isBinary)
    {
        writer.WriteStartObject();
        writer.WriteString("name", output.Name);
        writer.WriteString("datatype", output.Type.Name);
        writer.WriteStartArray("shape");
        foreach (int size in output.Shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        if (isBinary)
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", output.Data.Length);
            writer.WriteEndObject();
        }
        else
        {
            writer.WritePropertyName("data");
            JsonElements.Write(writer, output);
        }

        writer.WriteEndObject();
    }
}
