using System.Text.Json;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.OpenInference;

/// <summary>An input of a REST request as far as it was read: fields may come in any order, and elements behind the JSON.</summary>
internal sealed class InputReader
{
    private static readonly string[] Fields = ["name", "datatype", "shape", "data", "parameters"];

    private readonly int number;
    private OnceFields met = new(Fields);
    private string? name;
    private int[]? shape;
    private ElementType? type;
    private ReadOnlyMemory<byte>? data;
    private int[] sizes = [];
    private int? binarySize;

    private InputReader(int number) => this.number = number;

    private string Label => name is null ? $"input {number}" : $"input '{name}'";

    /// <summary>Reads the object that the reader stands on.</summary>
    public static InputReader Read(ref Utf8JsonReader reader, int number)
    {
        InputReader input = new(number);
        Utf8JsonReader dataAt = default;
        bool isWaiting = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string field = reader.GetString()!;
            if (!input.met.IsFirst(field))
            {
                throw OnceFields.Twice(input.Label, field);
            }

            reader.Read();
            if (field != "data")
            {
                input.ReadField(field, ref reader);
            }
            else if (input.type is { } known)
            {
                (input.data, input.sizes) = JsonTensorData.Read(ref reader, input.Label, known);
            }
            else
            {
                dataAt = reader;
                isWaiting = true;
                reader.Skip();
            }
        }

        if (isWaiting && input.type is { } late)
        {
            (input.data, input.sizes) = JsonTensorData.Read(ref dataAt, input.Label, late);
        }

        return input;
    }

    /// <summary>The tensor.</summary>
    /// <param name="body">Where binary elements are.</param>
    /// <param name="position">Where those of this input begin; afterwards, where those of the next one do.</param>
    public WireTensor ToTensor(ReadOnlyMemory<byte> body, ref int position)
    {
        string known = name ?? throw ServingException.Invalid($"{Label} expects a name.");
        ElementType elements = type ?? throw ServingException.Invalid($"{Label} expects a 'datatype', one of {ElementTypes.All}.");
        int[] dimensions = shape ?? throw ServingException.Invalid($"{Label} expects a 'shape'.");
        if (binarySize is { } size)
        {
            return Binary(known, elements, dimensions, size, body, ref position);
        }

        ReadOnlyMemory<byte> given = data ?? throw ServingException.Invalid($"{Label} expects 'data', or the parameter 'binary_data_size' and bytes behind the JSON.");
        int count = sizes.Aggregate(1, (product, each) => product * each);
        WireTensor tensor = new(known, elements, dimensions, given);
        if (tensor.ElementCount != count || (sizes.Length > 1 && !sizes.AsSpan().SequenceEqual(dimensions)))
        {
            string got = sizes.Length > 1 ? $"arrays of {WireTensor.Print(sizes)}" : $"{count}";
            throw ServingException.Invalid($"{Label} of shape {WireTensor.Print(dimensions)} expects {tensor.ElementCount} elements but got {got}.");
        }

        return tensor.Whole();
    }

    private WireTensor Binary(string known, ElementType elements, int[] dimensions, int size, ReadOnlyMemory<byte> body, ref int position)
    {
        if (data is not null)
        {
            throw ServingException.Invalid($"{Label} expects either 'data' or 'binary_data_size' but got both.");
        }

        if (size > body.Length - position)
        {
            throw ServingException.Invalid($"{Label} expects {size} bytes behind the JSON but got {body.Length - position}.");
        }

        position += size;
        return WireTensor.FromRaw(known, elements, dimensions, body.Slice(position - size, size));
    }

    private void ReadField(string field, ref Utf8JsonReader reader)
    {
        switch (field)
        {
            case "name":
                name = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw Wrong("a text as its name");
                break;
            case "datatype":
                type = (reader.TokenType == JsonTokenType.String ? ElementTypes.Parse(reader.GetString()) : null) ?? throw Wrong($"one of {ElementTypes.All} as its 'datatype'");
                break;
            case "shape":
                shape = ReadShape(ref reader);
                break;
            case "parameters":
                ReadParameters(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private int[] ReadShape(ref Utf8JsonReader reader)
    {
        List<long> dimensions = [];
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong("an array as its 'shape'");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (dimensions.Count == WireTensor.MostDimensions)
            {
                throw ServingException.Invalid($"{Label} expects at most {WireTensor.MostDimensions} dimensions but got more.");
            }

            dimensions.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long size) ? size : throw Wrong("whole numbers as its 'shape'"));
        }

        return WireTensor.ShapeOf(name ?? $"{number}", dimensions);
    }

    private void ReadParameters(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isSize = reader.ValueTextEquals("binary_data_size"u8);
            reader.Read();
            if (!isSize)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int bytes) && bytes >= 0)
            {
                binarySize = bytes;
            }
            else
            {
                throw Wrong("a number of bytes as its 'binary_data_size'");
            }
        }
    }

    private ServingException Wrong(string expected) => ServingException.Invalid($"{Label} expects {expected} but got something else.");
}
