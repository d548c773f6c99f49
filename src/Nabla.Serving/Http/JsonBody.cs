using System.Text.Json;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Http;

/// <summary>Bodies in JSON that are small.</summary>
internal static class JsonBody
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>The object that a body is; an empty one for no body.</summary>
    /// <exception cref="ServingException">It is none.</exception>
    public static JsonElement ParseObject(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return Empty;
        }

        try
        {
            RequireTexts(body.Span);
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw ServingException.Invalid($"The body expects a JSON object but got {document.RootElement.ValueKind}.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ServingException(ServingFault.InvalidRequest, $"The body is no JSON: {error.Message}", error);
        }
    }

    // Escapes may stand for half of a character; that shows when a text is read.
    private static void RequireTexts(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                reader.GetString();
            }
        }
    }
}
