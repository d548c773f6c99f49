using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Graphs.Free;

namespace Nabla.Graphs.Json;

/// <summary>A graph as JSON has it. Names of inputs, parameters and nodes are of one space; a node reads what stands before it alone.</summary>
internal sealed record GraphDescription
{
    // What is absent in the JSON is set to null when a description is made of it.

    /// <summary>The sizes that are open; none by default.</summary>
    public IReadOnlyList<FreeDescription> Free { get; init => field = value ?? []; } = [];

    /// <summary>What each run is given, in order.</summary>
    public required IReadOnlyList<ValueDescription> Inputs { get; init; }

    /// <summary>The tensors of the weights file that are read.</summary>
    public IReadOnlyList<ParameterDescription> Parameters { get; init => field = value ?? []; } = [];

    /// <summary>The ops in order, each with its <c>op</c>, <c>name</c>, <c>inputs</c> and attributes.</summary>
    [JsonConverter(typeof(JsonLinesConverter))]
    public required IReadOnlyList<JsonObject> Nodes { get; init; }

    /// <summary>The names of what comes out; the further results of a node have its name with a colon and a number behind.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }
}

/// <summary>An open size.</summary>
/// <param name="Name">Its name, such as <c>batch</c>.</param>
/// <param name="Largest">The largest that it may be; null where there is no limit.</param>
internal sealed record FreeDescription(string Name, int? Largest = null);

/// <summary>What a run is given, or gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes: numbers, or terms of open sizes.</param>
internal sealed record ValueDescription(string Name, string Type, [property: JsonConverter(typeof(JsonFreeShapeConverter))] FreeShape Shape);

/// <summary>A tensor of the weights file.</summary>
/// <param name="Name">Its name, dots between those of modules.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Trainable">Whether gradients change it; true by default.</param>
internal sealed record ParameterDescription(
    string Name, string Type, [property: JsonConverter(typeof(JsonFreeShapeConverter))] FreeShape Shape, bool? Trainable = null);

/// <summary>Writes the sizes of a shape in one line: numbers, or texts where they are open.</summary>
internal sealed class JsonFreeShapeConverter : JsonConverter<FreeShape>
{
    private const int RankLimit = 32;

    public override FreeShape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        List<FreeSize> sizes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            sizes.Add(sizes.Count == RankLimit ? throw new JsonException() : reader.TokenType switch
            {
                JsonTokenType.Number when reader.TryGetInt32(out int size) => size,
                JsonTokenType.String => SizeText.Parse(reader.GetString()!),
                _ => throw new JsonException(),
            });
        }

        return [.. sizes];
    }

    public override void Write(Utf8JsonWriter writer, FreeShape value, JsonSerializerOptions options) => writer.WriteRawValue(SizeText.ToJson(value).ToJsonString());
}

/// <summary>Writes each object of a list in one line.</summary>
internal sealed class JsonLinesConverter : JsonConverter<IReadOnlyList<JsonObject>>
{
    /// <summary>How many nodes a graph may have.</summary>
    public const int Limit = 100_000;

    private const string LineStart = "\n";

    public override IReadOnlyList<JsonObject> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        List<JsonObject> nodes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonNode? node = nodes.Count < Limit ? JsonNode.Parse(ref reader) : throw new JsonException();
            nodes.Add(RequireOnce(node) as JsonObject ?? throw new JsonException());
        }

        return nodes;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<JsonObject> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (JsonObject node in value)
        {
            // The writer knows nothing of lines between values that are given as they are.
            writer.WriteRawValue($"{LineStart}{node.ToJsonString(GraphJson.OneLine)}");
        }

        writer.WriteEndArray();
    }

    // An object finds out that a field is there twice when it is first looked into.
    private static JsonNode? RequireOnce(JsonNode? node)
    {
        try
        {
            IEnumerable<JsonNode?> within = node is JsonObject json ? json.Select(pair => pair.Value) : node as JsonArray ?? [];
            foreach (JsonNode? part in within)
            {
                RequireOnce(part);
            }

            return node;
        }
        catch (ArgumentException error)
        {
            throw new JsonException("expected each field of a node once, got one twice", error);
        }
    }
}
