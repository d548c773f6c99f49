using System.Text.Json;

namespace Nabla.Formats;

/// <summary>Writes the JSON header of a safetensors file.</summary>
internal static class SafetensorsHeaderWriter
{
    private const int Alignment = 8;

    /// <summary>The header of the given tensors, padded with spaces so that the elements begin at a multiple of eight bytes.</summary>
    public static byte[] Format(IEnumerable<KeyValuePair<string, Tensor>> tensors, SafetensorsOptions options)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            WriteMetadata(json, options.Metadata);
            WriteEntries(json, tensors, options);
            json.WriteEndObject();
        }

        while (stream.Length % Alignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.Length <= Safetensors.HeaderLimit
            ? stream.ToArray()
            : throw new ArgumentException($"A safetensors header has at most {Safetensors.HeaderLimit} bytes, but this has {stream.Length}.");
    }

    private static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        Dictionary<string, string> pairs = new(metadata);
        if (pairs.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach ((string name, string value) in pairs)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, Tensor>> tensors, SafetensorsOptions options)
    {
        HashSet<string> names = [SafetensorsHeader.MetadataName];
        long offset = 0;
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!names.Add(name))
            {
                throw new ArgumentException(
                    $"A safetensors file names each tensor once and none {SafetensorsHeader.MetadataName}, but got '{name}'.", nameof(tensors));
            }

            json.WriteStartObject(name);
            StoredTensorType type = options.TypeOf(tensor);
            json.WriteString("dtype", SafetensorsHeader.Types.First(pair => pair.Type == type.Element).Name);
            WriteNumbers(json, "shape", tensor.Shape.Select(dimension => (long)dimension));
            WriteNumbers(json, "data_offsets", [offset, offset += type.ByteCount]);
            json.WriteEndObject();
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
