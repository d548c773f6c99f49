using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Nabla.Serving.Http;

/// <summary>Writes answers in JSON.</summary>
internal static class JsonAnswer
{
    /// <summary>How all answers are written.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The text that <paramref name="write"/> writes.</summary>
    public static ReadOnlyMemory<byte> ToBytes(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Answers with the text that <paramref name="write"/> writes.</summary>
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        ReadOnlyMemory<byte> json = ToBytes(write);
        context.Response.ContentType = RequestBody.Json;
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
    }
}
