using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A Transformer with learnt parts between its layers: the base's description with one attribute more, over the base's tensors.</summary>
internal static class AdaptedArchitecture
{
    /// <summary>The network with parts of a kind.</summary>
    /// <exception cref="ArgumentException">There is no place for them, or they are there already.</exception>
    public static Sequential Build(Sequential network, AdapterKind kind, int size, long seed)
    {
        JsonObject[] layers = [.. network.Layers.Select(layer => LayerCatalogue.Describe(layer))];
        JsonObject[] places = [.. layers.SelectMany(layer => PlacesIn(layer, kind))];
        string attribute = kind == AdapterKind.Bottleneck ? "adapterSize" : "prefixLength";
        if (places.Length == 0)
        {
            throw new ArgumentException($"{network.Label} has no layers of a Transformer that are described one by one: only they take adapters and prefixes.");
        }

        if (Array.Exists(places, place => place[attribute] is not null))
        {
            throw new ArgumentException($"{network.Label} carries {(kind == AdapterKind.Bottleneck ? "adapters" : "prefixes")} already: take the base.");
        }

        foreach (JsonObject place in places)
        {
            place[attribute] = size;
        }

        IReadOnlyDictionary<string, Tensor> values = network.State();
        return new Sequential(network.InputShape, seed, LayerCatalogue.Create(layers), stored: (name, _) => values.GetValueOrDefault(name));
    }

    /// <summary>A network of the same layers over the same tensors.</summary>
    public static Sequential Share(Sequential network)
    {
        IReadOnlyDictionary<string, Tensor> values = network.State();
        return new Sequential(network.InputShape, seed: 0, LayerCatalogue.Create(network.Layers.Select(LayerCatalogue.Describe), (name, _) => values[name]));
    }

    private static IEnumerable<JsonObject> PlacesIn(JsonNode? node, AdapterKind kind) => node switch
    {
        JsonObject layer when IsPlace(layer, kind) => [layer],
        JsonObject layer => layer.SelectMany(pair => PlacesIn(pair.Value, kind)),
        JsonArray layers => layers.SelectMany(layer => PlacesIn(layer, kind)),
        _ => [],
    };

    private static bool IsPlace(JsonObject layer, AdapterKind kind) => layer["kind"]?.ToString() switch
    {
        nameof(TransformerBlock) => true,
        nameof(MultiHeadAttention) => kind == AdapterKind.Bottleneck || layer["crossAttention"] is null,
        nameof(FeedForward) => kind == AdapterKind.Bottleneck,
        _ => false,
    };
}
