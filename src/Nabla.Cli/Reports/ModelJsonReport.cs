using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Reports;

/// <summary>What is known about a saved model, for machines.</summary>
internal static class ModelJsonReport
{
    public static JsonObject Of(SavedModel model, string kind)
    {
        ModuleSummary summary = model.Network.Summary();
        return new JsonObject
        {
            ["kind"] = kind,
            ["name"] = model.Name,
            ["task"] = model.Task.ToString(),
            ["labels"] = Array(model.Labels.Select(label => (JsonNode?)label)),
            ["inputs"] = Array(model.Signature.Inputs.Select(Tensor)),
            ["outputs"] = Array(model.Signature.Outputs.Select(Tensor)),
            ["parameters"] = model.Network.ParameterCount,
            ["multiplyAdds"] = summary.MultiplyAdds,
            ["layers"] = Array(summary.Rows.Select(Layer)),
            ["licence"] = model.Licence,
            ["metrics"] = Metrics(model.Training),
            ["baseMetrics"] = model.Training?.Base is { } origin ? Metrics(origin) : null,
        };
    }

    private static JsonObject Metrics(TrainingRecord? training) =>
        new((training?.Metrics ?? new Dictionary<string, double>()).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private static JsonObject Tensor(SignatureTensor tensor) => new()
    {
        ["name"] = tensor.Name,
        ["type"] = tensor.Type.Label,
        ["shape"] = Array(tensor.Shape.Select(size => (JsonNode?)size)),
    };

    private static JsonObject Layer(ModuleSummaryRow row) => new()
    {
        ["name"] = row.Name,
        ["kind"] = row.Kind,
        ["outputShape"] = row.OutputShape is { } shape ? Array(shape.Select(size => (JsonNode?)size)) : null,
        ["parameters"] = row.Parameters,
        ["multiplyAdds"] = row.MultiplyAdds,
    };

    private static JsonArray Array(IEnumerable<JsonNode?> nodes) => [.. nodes];
}
