using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>A model with what it needs to be used.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Network">The network.</param>
/// <param name="Labels">The names of the classes, in the order of the outputs.</param>
public sealed record SavedModel(string Name, Sequential Network, IReadOnlyList<string> Labels);

/// <summary>
/// Reads and writes a model as a folder: <c>model.json</c> says what it is, <c>weights.safetensors</c> holds the numbers. Nothing in it is
/// ever executed.
/// </summary>
public static class ModelFolder
{
    private const int SchemaVersion = 1;
    private const long LongestDescription = 10_000_000;
    private const string DescriptionFile = "model.json";
    private const string WeightsFile = "weights.safetensors";

    private static readonly string[] Fields = ["schema", "name", "labels", "inputShape", "layers"];

    /// <summary>Writes a model; each file is replaced as a whole, the weights first.</summary>
    /// <param name="folder">Made if absent.</param>
    /// <param name="model">The model.</param>
    public static void Save(string folder, SavedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Directory.CreateDirectory(folder);
        Safetensors.Write(
            Path.Combine(folder, WeightsFile),
            model.Network.NamedParameters.Select(pair => new KeyValuePair<string, Tensor>(pair.Key, pair.Value.Value)));
        AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), Describe(model).ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidFileException">A file is not what this version writes, or the weights are not those of the network.</exception>
    public static SavedModel Load(string folder)
    {
        string path = Path.Combine(folder, DescriptionFile);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file. A model is a folder with {DescriptionFile} and {WeightsFile}.", path);
        }

        try
        {
            SavedModel model = Parse(ReadDescription(path));
            LoadWeights(Path.Combine(folder, WeightsFile), model.Network);
            return model;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException and not InvalidFileException)
        {
            throw new InvalidFileException(path, error is JsonException { LineNumber: { } line } ? FilePosition.Line(line + 1) : FilePosition.Byte(0), error.Message);
        }
    }

    private static JsonObject Describe(SavedModel model) => new()
    {
        ["schema"] = SchemaVersion,
        ["name"] = model.Name,
        ["labels"] = new JsonArray([.. model.Labels.Select(label => JsonValue.Create(label))]),
        ["inputShape"] = new JsonArray([.. model.Network.InputShape.Select(size => JsonValue.Create(size))]),
        ["layers"] = new JsonArray([.. model.Network.Layers.Select(DescribeLayer)]),
    };

    private static JsonObject DescribeLayer(Layer layer)
    {
        JsonObject description = new() { ["kind"] = layer.Kind };
        foreach ((string name, JsonNode? value) in layer.Describe())
        {
            description[name] = value?.DeepClone();
        }

        return description;
    }

    private static JsonObject ReadDescription(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= LongestDescription
            ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("expected a JSON object")
            : throw new JsonException($"expected at most {LongestDescription} bytes, got {length}");
    }

    private static SavedModel Parse(JsonObject json)
    {
        if (json["schema"]?.ToJsonString() != $"{SchemaVersion}")
        {
            throw new JsonException($"expected schema {SchemaVersion}, got {json["schema"]?.ToJsonString() ?? "none"}");
        }

        if (json.Select(field => field.Key).Except(Fields).FirstOrDefault() is { } unknown)
        {
            throw new JsonException($"expected the fields {string.Join(", ", Fields)}, got '{unknown}'");
        }

        int[] inputShape = [.. Items(json, "inputShape").Select(size => size!.GetValue<int>())];
        Layer[] layers = [.. Items(json, "layers").Select(CreateLayer)];
        string[] labels = [.. Items(json, "labels").Select(label => label!.GetValue<string>())];
        return new SavedModel(json["name"]?.ToString() ?? string.Empty, new Sequential(inputShape, seed: 0, layers), labels);
    }

    private static JsonArray Items(JsonObject json, string name) => json[name] as JsonArray ?? throw new JsonException($"expected a list '{name}'");

    private static Layer CreateLayer(JsonNode? node) => node is JsonObject layer && layer["kind"] is { } kind
        ? LayerCatalogue.Create(kind.ToString(), layer)
        : throw new JsonException("expected each layer to be an object with a 'kind'");

    // All tensors are checked before the first is taken over.
    private static void LoadWeights(string path, Sequential network)
    {
        SafetensorsFile weights = Safetensors.Read(path);
        KeyValuePair<string, Parameter>[] parameters = [.. network.NamedParameters];
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (!weights.TryGetValue(name, out Tensor? tensor) || tensor.Type != parameter.Value.Type)
            {
                string got = tensor is null ? "none" : $"{tensor.DataType.Label} {tensor.Shape}";
                throw new InvalidFileException(path, FilePosition.Byte(0), $"expected tensor '{name}' of {parameter.Value.DataType.Label} {parameter.Value.Shape}, got {got}");
            }
        }

        foreach ((string name, Parameter parameter) in parameters)
        {
            parameter.Value = weights[name];
        }
    }
}
