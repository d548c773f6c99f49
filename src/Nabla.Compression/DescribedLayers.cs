using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Finds the descriptions of layers within layers.</summary>
internal static class DescribedLayers
{
    private static readonly string[] Parts = ["embedding", "encoder", "decoder", "body", "shortcut", "forward", "backward"];

    /// <summary>The layers that were given to a layer, with their descriptions within that of the layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="description">Its description.</param>
    public static IEnumerable<(Layer Layer, JsonObject Description)> Within(Layer layer, JsonObject description) => layer switch
    {
        Chain chain => Pairs(chain.Layers, description["layers"]!),
        Join join => Pairs(join.Branches, description["branches"]!),
        Functional functional => functional.Nodes
            .Select((node, index) => (node.Layer, description["nodes"]![index]!["layer"]?.AsObject()))
            .Where(pair => pair.Layer is not null)
            .Select(pair => (pair.Layer!, pair.Item2!)),
        Residual or EncoderDecoder or TiedEmbedding or Bidirectional => Parts
            .Where(part => description[part] is not null)
            .Select(part => ((Layer)layer.Children[part], description[part]!.AsObject())),
        _ => [],
    };

    private static IEnumerable<(Layer Layer, JsonObject Description)> Pairs(IReadOnlyList<Layer> layers, JsonNode descriptions) =>
        layers.Select((layer, index) => (layer, descriptions[index]!.AsObject()));
}
