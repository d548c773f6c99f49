using System.Text.Json;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.OpenInference;

/// <summary>What a REST request asks for beside what the model is to do.</summary>
/// <param name="Request">What the model is to do.</param>
/// <param name="BinaryOutputs">Whether outputs come behind the JSON where nothing else is said.</param>
/// <param name="BinaryByName">What is said for single outputs.</param>
internal sealed record RestInferRequest(InferenceRequest Request, bool BinaryOutputs, IReadOnlyDictionary<string, bool> BinaryByName)
{
    /// <summary>Whether an output comes behind the JSON.</summary>
    public bool IsBinary(string output) => BinaryByName.TryGetValue(output, out bool binary) ? binary : BinaryOutputs;
}

/// <summary>Reads the inference request object of the protocol, with its binary tensors behind it.</summary>
internal ref struct InferRequestReader
{
    private static readonly string[] Fields = ["id", "parameters", "inputs", "outputs"];

    private readonly ReadOnlyMemory<byte> body;
    private readonly int maxTensors;
    private readonly List<InputReader> inputs = [];
    private readonly List<RequestedOutput> outputs = [];
    private readonly Dictionary<string, bool> binaryByName = [];
    private Utf8JsonReader reader;
    private int position;
    private string? id;
    private RequestParameters parameters = new();
    private OnceFields met = new(Fields);

    private InferRequestReader(ReadOnlyMemory<byte> body, int jsonLength, int maxTensors)
    {
        this.body = body;
        this.maxTensors = maxTensors;
        position = jsonLength;
        reader = new Utf8JsonReader(body.Span[..jsonLength]);
    }

    /// <summary>Reads a request.</summary>
    /// <param name="body">The JSON, and behind it the elements of binary inputs in their order.</param>
    /// <param name="jsonLength">The bytes of the JSON.</param>
    /// <param name="model">Which model is asked.</param>
    /// <param name="maxTensors">How many inputs and outputs are taken.</param>
    /// <exception cref="ServingException">It is no such object, or the elements are not what it says.</exception>
    public static RestInferRequest Read(ReadOnlyMemory<byte> body, int jsonLength, ModelAddress model, int maxTensors)
    {
        try
        {
            return new InferRequestReader(body, jsonLength, maxTensors).ReadRequest(model);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ServingException(ServingFault.InvalidRequest, $"The body is no inference request in JSON: {error.Message}", error);
        }
    }

    private RestInferRequest ReadRequest(ModelAddress model)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string field = reader.GetString()!;
            if (!met.IsFirst(field))
            {
                throw OnceFields.Twice("The request", field);
            }

            reader.Read();
            ReadField(field);
        }

        Expect(!reader.Read(), "nothing behind the object");
        WireTensor[] tensors = new WireTensor[inputs.Count];
        for (int index = 0; index < tensors.Length; index++)
        {
            tensors[index] = inputs[index].ToTensor(body, ref position);
        }

        if (position != body.Length)
        {
            throw ServingException.Invalid($"The binary inputs take {position} of the {body.Length} bytes of the body: the rest belongs to none.");
        }

        InferenceRequest request = new()
        {
            Model = model,
            Id = id,
            Inputs = tensors,
            Outputs = outputs,
            Priority = parameters.Priority,
            Timeout = parameters.Timeout,
            Protocol = "rest",
        };
        return new RestInferRequest(request, parameters.BinaryOutputs, binaryByName);
    }

    private void ReadField(string field)
    {
        switch (field)
        {
            case "id":
                Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.Null, "a text as 'id'");
                id = reader.GetString();
                break;
            case "parameters":
                Expect(reader.TokenType is JsonTokenType.StartObject or JsonTokenType.Null, "an object as parameters");
                parameters = reader.TokenType == JsonTokenType.Null ? parameters : RequestParameters.Read(ref reader);
                break;
            case "inputs":
                ReadInputs();
                break;
            case "outputs":
                ReadOutputs();
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private void ReadInputs()
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, "an array as 'inputs'");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, $"an object as input {inputs.Count}");
            RequireFew(inputs.Count, "inputs");
            inputs.Add(InputReader.Read(ref reader, inputs.Count));
        }
    }

    private void ReadOutputs()
    {
        Expect(reader.TokenType is JsonTokenType.StartArray or JsonTokenType.Null, "an array as 'outputs'");
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            RequireFew(outputs.Count, "outputs");
            JsonElement output = ReadObject($"output {outputs.Count}");
            string name = output.TryGetProperty("name", out JsonElement given) && given.ValueKind == JsonValueKind.String
                ? given.GetString()!
                : throw ServingException.Invalid($"The request expects a text as the name of output {outputs.Count}.");
            OutputParameters asked = OutputParameters.Read(name, output);
            outputs.Add(new RequestedOutput(name, asked.Classes));
            if (asked.IsBinary is { } binary)
            {
                binaryByName[name] = binary;
            }
        }
    }

    private JsonElement ReadObject(string what)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"an object as {what}");
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.Clone();
    }

    private readonly void RequireFew(int count, string what)
    {
        if (count == maxTensors)
        {
            throw ServingException.Invalid($"The server takes at most {maxTensors} {what} in a request.");
        }
    }

    private readonly void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw ServingException.Invalid($"The request expects {what} at byte {reader.TokenStartIndex} of its JSON but got something else.");
        }
    }
}
