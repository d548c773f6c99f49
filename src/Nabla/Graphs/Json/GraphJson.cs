using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Nabla.Graphs.Json;

/// <summary>The JSON form of graphs, generated at compile time. It is strict: an unknown field is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(GraphDescription))]
[JsonSerializable(typeof(GraphFile))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class GraphJson : JsonSerializerContext
{
    /// <summary>Writes names in any language as they are, not as escapes.</summary>
    public static GraphJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The same in one line.</summary>
    public static JsonSerializerOptions OneLine { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>What stands in <c>graph.json</c>.</summary>
/// <param name="Schema">The version of the form.</param>
/// <param name="Graphs">The graphs by the names that layers in <c>model.json</c> call them.</param>
internal sealed record GraphFile(int Schema, IReadOnlyDictionary<string, GraphDescription> Graphs);
