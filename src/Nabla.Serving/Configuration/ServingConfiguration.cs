using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Serving.Http;

namespace Nabla.Serving;

/// <summary>Reads options from a JSON file.</summary>
public static class ServingConfiguration
{
    private const int LargestFile = 1 << 20;
    private const string Defaults = "defaults";
    private const string PerModel = "perModel";
    private static readonly string[] Groups = [Defaults, "security", "drift", "alerts", "collect", "pictures"];

    /// <summary>
    /// The options in a file: the properties of <see cref="ServingOptions"/> in camel case; times are written as <c>00:00:30</c>. What the file does not
    /// say is as usual, and of a single model as its <c>defaults</c> say.
    /// </summary>
    /// <param name="path">The file; null for none.</param>
    /// <exception cref="InvalidFileException">It is no JSON, or has an unknown field or a value of another type; the message names the field.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static ServingOptions Read(string? path)
    {
        JsonObject options = JsonSerializer.SerializeToNode(new ServingOptions(), ServingJson.Default.ServingOptions)!.AsObject();
        if (path is not null)
        {
            Overlay(options, Parse(path));
        }

        try
        {
            return options.Deserialize(ServingJson.Default.ServingOptions)!;
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path!, FilePosition.None, ConfigurationProblem.At(options, error.Path ?? "$"), error);
        }
    }

    private static JsonObject Parse(string path)
    {
        using FileInput file = FileInput.Open(path);
        if (file.Remaining is 0 or > LargestFile)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected options as JSON of up to {LargestFile} bytes, got {file.Remaining} bytes");
        }

        byte[] json = file.Read(file.Remaining, "the options");
        try
        {
            return JsonNode.Parse(new MemoryStream(json), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new InvalidFileException(path, FilePosition.None, "expected a JSON object, got something else");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, FilePosition.Line((error.LineNumber ?? 0) + 1), $"expected JSON, got something else ({ModelJson.Reason(error)})", error);
        }
    }

    private static void Overlay(JsonObject options, JsonObject given)
    {
        foreach ((string field, JsonNode? value) in given.Where(pair => pair.Key != PerModel && !Groups.Contains(pair.Key)))
        {
            options[field] = value?.DeepClone();
        }

        foreach (string group in Groups)
        {
            options[group] = Over(options[group]!, given[group]);
        }

        if (given[PerModel] is JsonObject models)
        {
            options[PerModel] = new JsonObject(models.Select(model => KeyValuePair.Create(model.Key, Over(options[Defaults]!, model.Value))));
        }
        else if (given.ContainsKey(PerModel))
        {
            options[PerModel] = given[PerModel]?.DeepClone();
        }
    }

    // What is no object is left for the reader to refuse.
    private static JsonNode? Over(JsonNode below, JsonNode? above)
    {
        if (above is not JsonObject fields)
        {
            return above is null ? below.DeepClone() : above.DeepClone();
        }

        JsonObject merged = below.DeepClone().AsObject();
        foreach ((string field, JsonNode? value) in fields)
        {
            merged[field] = value?.DeepClone();
        }

        return merged;
    }
}
