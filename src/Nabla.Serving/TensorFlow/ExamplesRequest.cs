using System.Buffers;
using System.Text;
using System.Text.Json;
using Nabla.Data;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>
/// Reads the body of classify and regress: <c>examples</c>, an object of features for each row. The features are the columns of a table where the model
/// has one, else the inputs by name; those of <c>context</c> belong to all examples.
/// </summary>
internal static class ExamplesRequest
{
    /// <summary>The inputs.</summary>
    /// <exception cref="ServingException">There are no examples, or features are missing or do not fit.</exception>
    public static IReadOnlyList<WireTensor> Read(JsonElement body, LoadedVersion version)
    {
        JsonElement context = body.TryGetProperty("context", out JsonElement given) && given.ValueKind == JsonValueKind.Object ? given : default;
        JsonElement[] examples = body.TryGetProperty("examples", out JsonElement rows) && rows.ValueKind == JsonValueKind.Array ? [.. rows.EnumerateArray()] : [];
        if (examples.Length == 0 || examples.Any(example => example.ValueKind != JsonValueKind.Object))
        {
            throw ServingException.Invalid("The body expects 'examples', an array with an object of features for each row.");
        }

        return version.Model.Saved?.Preprocessing?.Table is { } table
            ? [TableRows(version.Model.Inputs[0], table, examples, context)]
            : [.. version.Model.Inputs.Select(spec => PredictRequest.ToTensor(
                spec, [.. examples.Select((example, index) => Feature(example, context, spec.Name) ?? throw Missing(index, spec.Name))]))];
    }

    private static WireTensor TableRows(TensorSpec input, TablePreprocessing table, JsonElement[] examples, JsonElement context)
    {
        ArrayBufferWriter<byte> data = new();
        for (int index = 0; index < examples.Length; index++)
        {
            ByteElements.Write(data, Encoding.UTF8.GetBytes(Line(table, examples[index], index, context)));
        }

        return new WireTensor(input.Name, ElementType.Bytes, [examples.Length], data.WrittenMemory);
    }

    /// <summary>The row of a table that an object of columns stands for.</summary>
    /// <exception cref="ServingException">A column is missing.</exception>
    public static string Line(TablePreprocessing table, JsonElement example, int number, JsonElement context = default) =>
        string.Join(',', table.Columns.Select(column => Field(Feature(example, context, column.Name) ?? throw Missing(number, column.Name))));

    private static JsonElement? Feature(JsonElement example, JsonElement context, string name) => example.TryGetProperty(name, out JsonElement feature)
        ? feature
        : context.ValueKind == JsonValueKind.Object && context.TryGetProperty(name, out JsonElement shared) ? shared : null;

    private static string Field(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"\"{value.GetString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        JsonValueKind.Null => "",
        JsonValueKind.Number => value.GetRawText(),
        _ => throw ServingException.Invalid($"A feature expects a number or a text but got {value.ValueKind}."),
    };

    private static ServingException Missing(int example, string name) => ServingException.Invalid($"Example {example} has no feature '{name}'.");
}
