using System.Text.Json.Nodes;
using Nabla.Compression;

namespace Nabla.Cli.Reports;

/// <summary>Layers that stayed as they were, for people and for machines.</summary>
internal static class LayerText
{
    /// <summary>The layers as objects.</summary>
    public static JsonArray ToJson(IEnumerable<LeftLayer> left) =>
        new([.. left.Select(layer => (JsonNode)new JsonObject { ["name"] = layer.Name, ["kind"] = layer.Kind, ["reason"] = layer.Reason })]);
}
