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
    /// <param name="asked">Which outputs are to come as bytes.</param>
    public static async Task WriteAsync(HttpContext context, InferenceResponse response, RestInferRequest asked)
    {
        // All of it goes out at once: each flush of the writer is a packet of its own.
        Write(context, response, asked);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(HttpContext context, InferenceResponse response, RestInferRequest asked)
    {
        using JsonBuffer json = JsonBuffer.Take();
        Write(json.Writer, response, asked);
        ReadOnlySpan<byte> written = json.Written;
        long length = written.Length;
        bool isBinary = false;
        foreach (WireTensor output in response.Outputs)
        {
            (isBinary, length) = asked.IsBinary(output.Name) ? (true, length + output.Data.Length) : (isBinary, length);
        }

        context.Response.ContentType = isBinary ? RequestBody.Binary : RequestBody.Json;
        context.Response.ContentLength = length;
        if (isBinary)
        {
            context.Response.Headers[OpenInferenceEndpoints.JsonLengthHeader] = written.Length.ToString(CultureInfo.InvariantCulture);
        }

        PipeWriter body = context.Response.BodyWriter;
        body.Write(written);
        foreach (WireTensor output in response.Outputs)
        {
            body.Write(asked.IsBinary(output.Name) ? output.Data.Span : []);
        }
    }

    private static void Write(Utf8JsonWriter writer, InferenceResponse response, RestInferRequest asked)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name", response.Version.Name);
        writer.WriteString("model_version", response.Version.Version.ToString(CultureInfo.InvariantCulture));
        if (response.Id is { } id)
        {
            writer.WriteString("id", id);
        }

        writer.WriteStartArray("outputs");
        foreach (WireTensor output in response.Outputs)
        {
            Write(writer, output, asked.IsBinary(output.Name));
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
