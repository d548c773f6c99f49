using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Formats;

/// <summary>Writes the sizes of a shape in one line, where each would get a line of its own.</summary>
internal sealed class JsonShapeConverter : JsonConverter<IReadOnlyList<int>>
{
    private const int RankLimit = 32;

    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        List<int> sizes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            bool isSize = reader.TokenType == JsonTokenType.Number && sizes.Count < RankLimit;
            sizes.Add(isSize && reader.TryGetInt32(out int size) ? size : throw new JsonException());
        }

        return sizes;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options) =>
        writer.WriteRawValue($"[{string.Join(", ", value)}]");
}
