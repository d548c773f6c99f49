using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Onnx.Export;

/// <summary>What a saved model says of itself beside its network, as the metadata of an ONNX file.</summary>
internal static class ModelMetadata
{
    /// <summary>Name, task, labels, preprocessing and licence, where there are any; lists and records as JSON, as in <c>model.json</c>.</summary>
    public static Dictionary<string, string> Of(SavedModel model)
    {
        Dictionary<string, string> metadata = new() { ["name"] = model.Name, ["task"] = model.Task.ToString() };
        if (model.Labels.Count > 0)
        {
            metadata["labels"] = JsonSerializer.Serialize(model.Labels, ModelJson.Readable.IReadOnlyListString);
        }

        if (model.Preprocessing is { } preprocessing)
        {
            metadata["preprocessing"] = JsonSerializer.Serialize(preprocessing, ModelJson.Readable.ModelPreprocessing);
        }

        if (model.Licence is { } licence)
        {
            metadata["licence"] = licence;
        }

        return metadata;
    }
}
