using System.Text.Json;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>Writes the answer of predict: row by row as <c>predictions</c>, or all rows together as <c>outputs</c>, as the request came.</summary>
internal static class PredictAnswer
{
    /// <summary>Sees that outputs can be told row by row.</summary>
    /// <exception cref="ServingException">There are several, and they do not have the same number of rows.</exception>
    public static void RequireRows(InferenceResponse response)
    {
        IReadOnlyList<WireTensor> outputs = response.Outputs;
        if (outputs.Count > 1 && outputs.Any(output => output.Shape is [] || output.Shape[0] != outputs[0].Shape[0]))
        {
            throw ServingException.Invalid(
                $"Model '{response.Version.Name}' answers {string.Join(", ", outputs.Select(output => $"'{output.Name}' {WireTensor.Print(output.Shape)}"))}, which are no rows of one batch: ask with 'inputs', not 'instances'.");
        }
    }

    /// <summary>Writes it; row by row what <see cref="RequireRows"/> lets pass.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<WireTensor> outputs, bool isRows)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(isRows ? "predictions" : "outputs");
        if (outputs is [{ } only])
        {
            WriteNested(writer, only, 0, only.Data);
        }
        else if (isRows)
        {
            WriteRows(writer, outputs);
        }
        else
        {
            WriteColumns(writer, outputs);
        }

        writer.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter writer, IReadOnlyList<WireTensor> outputs)
    {
        writer.WriteStartObject();
        foreach (WireTensor output in outputs)
        {
            writer.WritePropertyName(output.Name);
            WriteNested(writer, output, 0, output.Data);
        }

        writer.WriteEndObject();
    }

    private static void WriteRows(Utf8JsonWriter writer, IReadOnlyList<WireTensor> outputs)
    {
        writer.WriteStartArray();
        int rows = outputs[0].Shape[0];
        for (int row = 0; row < rows; row++)
        {
            writer.WriteStartObject();
            foreach (WireTensor output in outputs)
            {
                int size = output.Data.Length / rows;
                writer.WritePropertyName(output.Name);
                WriteNested(writer, output, 1, output.Data.Slice(row * size, size));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNested(Utf8JsonWriter writer, WireTensor tensor, int axis, ReadOnlyMemory<byte> data)
    {
        if (axis == tensor.Shape.Length)
        {
            JsonElements.WriteValues(writer, tensor.Type, data);
            return;
        }

        writer.WriteStartArray();
        if (axis == tensor.Shape.Length - 1)
        {
            JsonElements.WriteValues(writer, tensor.Type, data);
        }
        else
        {
            int size = tensor.Shape[axis] == 0 ? 0 : data.Length / tensor.Shape[axis];
            for (int index = 0; index < tensor.Shape[axis]; index++)
            {
                WriteNested(writer, tensor, axis + 1, data.Slice(index * size, size));
            }
        }

        writer.WriteEndArray();
    }
}
