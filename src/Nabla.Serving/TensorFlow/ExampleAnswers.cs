using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nabla.Formats;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>Writes the answers of classify and regress: for each example all labels with their scores, or a number in the unit of the data.</summary>
internal static class ExampleAnswers
{
    /// <summary>Refuses what the model does not answer.</summary>
    /// <exception cref="ServingException">It gives no classes, or no number.</exception>
    public static void RequireFitting(LoadedVersion version, bool isClassification)
    {
        TensorSpec output = version.Model.Outputs[0];
        bool isNumber = output.Dimensions is [_] or [_, 1];
        bool isClasses = output.Dimensions is [_, not 1];
        if (output.Type != DataType.Float32 || !(isClassification ? isClasses : isNumber))
        {
            throw ServingException.Invalid(
                $"Model '{version.Name}' answers with {output.ElementType.Name} {output.Print()}, which is no {(isClassification ? "scores of classes" : "number")} for each example.");
        }
    }

    /// <summary>Writes labels with scores, or numbers, for each row.</summary>
    public static void Write(Utf8JsonWriter writer, LoadedVersion version, WireTensor output, bool isClassification)
    {
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(output.Data.Span);
        int each = output.Shape is [_, int classes] ? classes : 1;
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        for (int start = 0; start < values.Length; start += each)
        {
            if (isClassification)
            {
                WriteClasses(writer, version.Model.Saved, values.Slice(start, each));
            }
            else
            {
                writer.WriteNumberValue(version.Model.Saved?.Preprocessing?.Table?.Target.Restore(values[start]) ?? values[start]);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The label of a class; its number where there are no labels.</summary>
    public static string LabelOf(SavedModel? model, int index) =>
        model is not null && index < model.Labels.Count ? model.Labels[index] : index.ToString(CultureInfo.InvariantCulture);

    private static void WriteClasses(Utf8JsonWriter writer, SavedModel? model, ReadOnlySpan<float> scores)
    {
        writer.WriteStartArray();
        for (int index = 0; index < scores.Length; index++)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(LabelOf(model, index));
            writer.WriteNumberValue(scores[index]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
