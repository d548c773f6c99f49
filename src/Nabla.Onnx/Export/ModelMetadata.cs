using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Onnx.Export;

/// <summary>What a saved model says of itself beside its network, as the metadata of an ONNX file.</summary>
internal static class ModelMetadata
{
    /// <summary>Name, task, labels, preprocessing and licence, where there are any; lists and records as JSON, as in <c>model.json</c>.</summary>
    public static Dictionary<string, string> Of(SavedModel model)
    {
        Dictionary<string, string> metadata = Of(model.Name, model.Licence);
        metadata["task"] = model.Task.ToString();
        if (model.Labels.Count > 0)
        {
            metadata["labels"] = JsonSerializer.Serialize(model.Labels, ModelJson.Readable.IReadOnlyListString);
        }

        if (model.Preprocessing is { } preprocessing)
        {
            metadata["preprocessing"] = JsonSerializer.Serialize(preprocessing, ModelJson.Readable.ModelPreprocessing);
        }

        return metadata;
    }

    /// <summary>Name and licence of a model of several inputs or outputs.</summary>
    public static Dictionary<string, string> Of(SavedGraph model) => Of(model.Name, model.Licence);

    private static Dictionary<string, string> Of(string name, string? licence)
    {
        Dictionary<string, string> metadata = new() { ["name"] = name };
        if (licence is not null)
        {
            metadata["licence"] = licence;
        }

        return metadata;
    }
}
