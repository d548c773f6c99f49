using System.Text.Json;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Http;

/// <summary>Writes what tensors of a model are called and like, as the Open Inference Protocol does.</summary>
internal static class JsonTensorSpecs
{
    /// <summary>Writes a field with a list of them.</summary>
    public static void Write(Utf8JsonWriter writer, string field, IReadOnlyList<TensorSpec> specs)
    {
        writer.WriteStartArray(field);
        foreach (TensorSpec spec in specs)
        {
            writer.WriteStartObject();
            writer.WriteString("name", spec.Name);
            writer.WriteString("datatype", spec.ElementType.Name);
            writer.WriteStartArray("shape");
            foreach (int size in spec.Dimensions)
            {
                writer.WriteNumberValue(size);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
