using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>What stands in <c>model.json</c>.</summary>
internal sealed record ModelDescription
{
    /// <summary>The newest version of <c>model.json</c>.</summary>
    public const int CurrentSchema = 3;

    // What has no fields of the third schema is written in the second, which older versions read.
    private const int UsualSchema = 2;

    public required int Schema { get; init; }

    public required string Name { get; init; }

    public PredictionTask Task { get; init; }

    // Generated readers of JSON set what a file leaves out to null, whatever the initializer says.
    public IReadOnlyList<string> Labels { get; init => field = value ?? []; } = [];

    public SignatureDescription? Signature { get; init; }

    public required ArchitectureDescription Architecture { get; init; }

    public ModelPreprocessing? Preprocessing { get; init; }

    public TrainingRecord? Training { get; init; }

    public string? Licence { get; init; }

    /// <summary>What is to be written about a model.</summary>
    /// <exception cref="ArgumentException">Its parts do not fit together.</exception>
    public static ModelDescription Of(SavedModel model)
    {
        ModelRules.Require(model);
        SignatureDescription signature = SignatureDescription.Of(model.Signature);
        return new ModelDescription
        {
            Schema = signature.IsClassified ? CurrentSchema : UsualSchema,
            Name = model.Name,
            Task = model.Task,
            Labels = model.Labels,
            Signature = signature,
            Architecture = ArchitectureDescription.Of(model.Network),
            Preprocessing = model.Preprocessing,
            Training = model.Training,
            Licence = model.Licence,
        };
    }

    /// <summary>Reads a description of this version or an older one.</summary>
    /// <exception cref="InvalidFileException">It is none; the message names the line or the field.</exception>
    public static ModelDescription Parse(byte[] json, string path)
    {
        try
        {
            int schema = RequireSchema(json, path);
            return schema >= UsualSchema
                ? JsonSerializer.Deserialize(json, ModelJson.Readable.ModelDescription)!
                : Upgrade(JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject());
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error);
        }
        catch (ArgumentException error)
        {
            throw new InvalidFileException(path, FilePosition.None, "expected each field of a layer once, got one twice", error);
        }
    }

    /// <summary>The version of a description of any kind.</summary>
    /// <exception cref="InvalidFileException">It is no JSON with a version that is known.</exception>
    public static int RequireSchema(byte[] json, string path)
    {
        Utf8Text.Require(json, path);
        try
        {
            return ReadSchema(json, path);
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error);
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ModelJson.Readable.ModelDescription), (byte)'\n'];

    /// <summary>The model.</summary>
    /// <param name="path">What errors call the description.</param>
    /// <param name="weights">The tensor of a name and type, or an error.</param>
    /// <exception cref="InvalidFileException">The parts do not fit together, or there is no such layer.</exception>
    public SavedModel ToModel(string path, Func<string, TensorType, Tensor> weights)
    {
        try
        {
            Sequential network = Architecture.ToNetwork(weights);
            SavedModel model = new(Name, network)
            {
                Task = Task,
                Labels = Labels,
                Signature = Signature?.ToSignature() ?? ModelSignature.Of(network),
                Preprocessing = Preprocessing,
                Training = Training,
                Licence = Licence,
            };
            Preprocessing?.Image?.Validate(path);
            Preprocessing?.Table?.Validate(path);
            Preprocessing?.Text?.Validate(path);
            Preprocessing?.Target?.Validate(path);
            Preprocessing?.Reading?.Validate(path, Preprocessing.Text?.Length);
            ModelRules.Require(model);
            return model;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or OverflowException)
        {
            string problem = error is OverflowException ? "expected parameters that fit into memory, got larger ones" : error.Message.TrimEnd('.');
            throw new InvalidFileException(path, FilePosition.None, problem, error);
        }
    }

    private static int ReadSchema(byte[] json, string path)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement schema = default;
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("schema", out schema))
        {
            throw new InvalidFileException(path, FilePosition.Line(1), "expected a JSON object with a 'schema'");
        }

        return schema.ValueKind == JsonValueKind.Number && schema.TryGetInt32(out int number) && number is >= 1 and <= CurrentSchema
            ? number
            : throw new InvalidFileException(
                path, FilePosition.None, $"expected a model of schema 1 to {CurrentSchema}, got {schema.GetRawText()}: a newer version of Nabla may read it");
    }

    // The first schema had the architecture's fields among the others.
    private static ModelDescription Upgrade(JsonObject old)
    {
        JsonObject architecture = [];
        foreach (string field in new[] { "inputShape", "layers" })
        {
            architecture[field] = old[field]?.DeepClone();
            old.Remove(field);
        }

        old["schema"] = UsualSchema;
        old["architecture"] = architecture;
        return old.Deserialize(ModelJson.Readable.ModelDescription)!;
    }
}
