using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Client;

/// <summary>Writes questions and reads answers: JSON, and behind it the elements of the tensors.</summary>
internal static class RestBody
{
    /// <summary>The body of a question, and how many of its bytes are JSON.</summary>
    public static (byte[] Body, int JsonLength) Write(ModelQuestion question)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            Write(writer, question);
        }

        int jsonLength = body.WrittenCount;
        foreach (Tensor tensor in question.Inputs.Values)
        {
            body.Write(tensor.AsBytes());
        }

        foreach (BytesTensor tensor in question.BytesInputs.Values)
        {
            WireBytes.Write(body, tensor);
        }

        return (body.WrittenSpan.ToArray(), jsonLength);
    }

    /// <summary>The answer in a body.</summary>
    /// <exception cref="ModelServerException">It is none.</exception>
    public static ModelAnswer Read(byte[] body, int jsonLength)
    {
        AnswerBody answer = JsonSerializer.Deserialize(body.AsSpan(0, jsonLength), ClientJson.Default.AnswerBody)
            ?? throw new ModelServerException("The server answered with null.", "invalid_answer");
        Dictionary<string, Tensor> outputs = [];
        Dictionary<string, BytesTensor> bytesOutputs = [];
        int position = jsonLength;
        foreach (OutputBody output in answer.Outputs)
        {
            int size = output.Parameters?.BinaryDataSize ?? throw new ModelServerException($"The server sent the output '{output.Name}' in another form than was asked for.", "invalid_answer");
            if (size < 0 || size > body.Length - position)
            {
                throw new ModelServerException($"The server sent {body.Length - position} of the {size} bytes of the output '{output.Name}'.", "invalid_answer");
            }

            WireTypes.Add(outputs, bytesOutputs, output.Name, output.Datatype, output.Shape, body.AsSpan(position, size));
            position += size;
        }

        return new ModelAnswer(answer.ModelName, answer.ModelVersion ?? "", answer.Id, outputs) { BytesOutputs = bytesOutputs };
    }

    private static void Write(Utf8JsonWriter writer, ModelQuestion question)
    {
        writer.WriteStartObject();
        if (question.Id is { } id)
        {
            writer.WriteString("id", id);
        }

        writer.WriteStartObject("parameters");
        writer.WriteBoolean("binary_data_output", true);
        writer.WriteNumber("priority", question.Priority);
        writer.WriteNumber("timeout", question.TimeoutMicroseconds);
        writer.WriteEndObject();
        writer.WriteStartArray("inputs");
        foreach ((string name, Tensor tensor) in question.Inputs)
        {
            Write(writer, name, WireTypes.NameOf(tensor.DataType), tensor.Shape, tensor.Type.ByteCount);
        }

        foreach ((string name, BytesTensor tensor) in question.BytesInputs)
        {
            Write(writer, name, WireTypes.Bytes, tensor.Shape, WireBytes.SizeOf(tensor));
        }

        writer.WriteEndArray();
        WriteOutputs(writer, question);
        writer.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter writer, ModelQuestion question)
    {
        (string Name, int Classes)[] wanted = [.. question.Wanted];
        if (wanted.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("outputs");
        foreach ((string name, int classes) in wanted)
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            if (classes != 0)
            {
                writer.WriteStartObject("parameters");
                writer.WriteNumber("classification", classes);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, string type, IEnumerable<int> shape, long bytes)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("datatype", type);
        writer.WriteStartArray("shape");
        foreach (int size in shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("parameters");
        writer.WriteNumber("binary_data_size", bytes);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

/// <summary>The inference response object of the protocol.</summary>
internal sealed record AnswerBody(
    [property: JsonPropertyName("model_name")] string ModelName,
    [property: JsonPropertyName("model_version")] string? ModelVersion,
    string? Id,
    IReadOnlyList<OutputBody> Outputs);

/// <summary>An output in it.</summary>
internal sealed record OutputBody(string Name, string Datatype, IReadOnlyList<long> Shape, OutputBodyParameters? Parameters);

/// <summary>How many bytes of it follow the JSON.</summary>
internal sealed record OutputBodyParameters([property: JsonPropertyName("binary_data_size")] int? BinaryDataSize);

/// <summary>The error object of the protocol, with the server's reason.</summary>
internal sealed record ErrorBody(string? Error, string? Reason);

/// <summary>The JSON form of what a server sends, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ModelInfo))]
internal sealed partial class ClientJson : JsonSerializerContext;
