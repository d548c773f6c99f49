using System.Buffers;
using System.Text;
using System.Text.Json;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.TensorFlow;

/// <summary>
/// Reads the body of predict: <c>instances</c>, a value or an object by names of inputs for each row; or <c>inputs</c>, all rows of an input together, by
/// names where there are several.
/// </summary>
internal static class PredictRequest
{
    /// <summary>Whether the inputs come row by row.</summary>
    /// <exception cref="ServingException">The body has neither form, or both.</exception>
    public static bool IsRows(JsonElement body)
    {
        bool isRows = body.TryGetProperty("instances", out _);
        bool isColumns = body.TryGetProperty("inputs", out _);
        return isRows != isColumns
            ? isRows
            : throw ServingException.Invalid($"The body expects either 'instances' or 'inputs' but got {(isRows ? "both" : "none of them")}.");
    }

    /// <summary>The inputs of a body of the one form or the other.</summary>
    /// <exception cref="ServingException">Its values do not fit the model.</exception>
    public static IReadOnlyList<WireTensor> Read(JsonElement body, bool isRows, LoadedVersion version) =>
        isRows ? Rows(body.GetProperty("instances"), version) : Columns(body.GetProperty("inputs"), version);

    /// <summary>A value, its arrays and all that is in them, as one row or all rows of an input.</summary>
    /// <exception cref="ServingException">Elements are of another type, or arrays of one depth differ in length.</exception>
    public static WireTensor ToTensor(TensorSpec spec, IReadOnlyList<JsonElement> rows)
    {
        string label = $"input '{spec.Name}'";
        bool isRaw = rows.Count > 0 && IsRaw(rows[0]);
        if (isRaw)
        {
            return Raw(spec, rows);
        }

        // The values are written into one array again, so that they are read in one way, whatever protocol they came by.
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartArray();
            foreach (JsonElement row in rows)
            {
                row.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        Utf8JsonReader reader = new(buffer.WrittenSpan);
        reader.Read();
        (ReadOnlyMemory<byte> data, int[] sizes) = JsonTensorData.Read(ref reader, label, spec.ElementType);
        return new WireTensor(spec.Name, spec.ElementType, sizes, data);
    }

    private static WireTensor[] Rows(JsonElement instances, LoadedVersion version)
    {
        JsonElement[] rows = instances.ValueKind == JsonValueKind.Array ? [.. instances.EnumerateArray()] : [];
        if (rows.Length == 0)
        {
            throw ServingException.Invalid("'instances' expects an array with a value for each row but got none.");
        }

        bool isNamed = rows[0].ValueKind == JsonValueKind.Object && !IsRaw(rows[0]);
        IReadOnlyList<TensorSpec> specs = version.Model.Inputs;
        return isNamed
            ? [.. specs.Select(spec => ToTensor(spec, [.. rows.Select((row, index) => Field(row, spec.Name, $"instance {index}", specs))]))]
            : [ToTensor(Only(specs, version.Name), rows)];
    }

    private static WireTensor[] Columns(JsonElement inputs, LoadedVersion version)
    {
        IReadOnlyList<TensorSpec> specs = version.Model.Inputs;
        return inputs.ValueKind == JsonValueKind.Object && !IsRaw(inputs)
            ? [.. specs.Select(spec => ToTensor(spec, RowsOf(Field(inputs, spec.Name, "'inputs'", specs), spec)))]
            : [ToTensor(Only(specs, version.Name), RowsOf(inputs, specs[0]))];
    }

    private static JsonElement[] RowsOf(JsonElement column, TensorSpec spec) => column.ValueKind == JsonValueKind.Array
        ? [.. column.EnumerateArray()]
        : throw ServingException.Invalid($"input '{spec.Name}' expects an array with all rows but got {column.ValueKind}.");

    private static JsonElement Field(JsonElement row, string name, string where, IReadOnlyList<TensorSpec> specs)
    {
        string expected = string.Join(", ", specs.Select(spec => $"'{spec.Name}'"));
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out JsonElement value))
        {
            throw ServingException.Invalid($"{where} expects an object with {expected} but has no '{name}'.");
        }

        return row.EnumerateObject().FirstOrDefault(field => !specs.Any(spec => spec.Name == field.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown
            ? throw ServingException.Invalid($"{where} expects an object with {expected} but has '{unknown.Name}'.")
            : value;
    }

    private static TensorSpec Only(IReadOnlyList<TensorSpec> specs, string model) => specs is [{ } only]
        ? only
        : throw ServingException.Invalid($"Model '{model}' has several inputs: values expect the names {string.Join(", ", specs.Select(spec => $"'{spec.Name}'"))}.");

    private static bool IsRaw(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString() is not ("NaN" or "Infinity" or "-Infinity")
        : value.ValueKind == JsonValueKind.Object && value.TryGetProperty("b64", out _);

    private static WireTensor Raw(TensorSpec spec, IReadOnlyList<JsonElement> rows)
    {
        ArrayBufferWriter<byte> data = new();
        foreach (JsonElement row in rows)
        {
            ByteElements.Write(data, BytesOf(row, spec));
        }

        return new WireTensor(spec.Name, ElementType.Bytes, [rows.Count], data.WrittenMemory);
    }

    private static byte[] BytesOf(JsonElement row, TensorSpec spec)
    {
        if (row.ValueKind == JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(row.GetString()!);
        }

        bool isBase64 = row.ValueKind == JsonValueKind.Object && row.TryGetProperty("b64", out JsonElement text) && text.ValueKind == JsonValueKind.String;
        return isBase64 && row.GetProperty("b64").TryGetBytesFromBase64(out byte[]? bytes)
            ? bytes
            : throw ServingException.Invalid($"input '{spec.Name}' expects texts, or objects with base64 as 'b64', but got {row.ValueKind}.");
    }
}
