using System.Globalization;
using System.Text.Json;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>Writes the metadata of a model in the form of TensorFlow's signatures.</summary>
internal static class SignatureAnswer
{
    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter writer, LoadedVersion version)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("model_spec");
        writer.WriteString("name", version.Name);
        writer.WriteString("signature_name", "");
        writer.WriteString("version", version.Version.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteStartObject("metadata");
        writer.WriteStartObject("signature_def");
        writer.WriteStartObject("signature_def");
        writer.WriteStartObject("serving_default");
        Write(writer, "inputs", version.Model.Inputs);
        Write(writer, "outputs", version.Model.Outputs);
        writer.WriteString("method_name", "tensorflow/serving/predict");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string field, IReadOnlyList<TensorSpec> specs)
    {
        writer.WriteStartObject(field);
        foreach (TensorSpec spec in specs)
        {
            writer.WriteStartObject(spec.Name);
            writer.WriteString("name", spec.Name);
            writer.WriteString("dtype", TypeOf(spec.Type));
            writer.WriteStartObject("tensor_shape");
            writer.WriteStartArray("dim");
            foreach (int size in spec.Dimensions)
            {
                writer.WriteStartObject();
                writer.WriteString("size", size.ToString(CultureInfo.InvariantCulture));
                writer.WriteString("name", "");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteBoolean("unknown_rank", false);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string TypeOf(DataType type) => type switch
    {
        DataType.Float32 => "DT_FLOAT",
        DataType.Float64 => "DT_DOUBLE",
        DataType.Int32 => "DT_INT32",
        DataType.Int64 => "DT_INT64",
        DataType.UInt8 => "DT_UINT8",
        DataType.Int8 => "DT_INT8",
        _ => "DT_BOOL",
    };
}
