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
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw ServingException.Invalid($"The body expects a JSON object but got {document.RootElement.ValueKind}.");
        }
        catch (JsonException error)
        {
            throw new ServingException(ServingFault.InvalidRequest, $"The body is no JSON: {error.Message}", error);
        }
    }
}
