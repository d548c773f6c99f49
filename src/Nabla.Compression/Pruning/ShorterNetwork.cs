using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Makes a network without the layers around which some shortcuts lead, from the descriptions of those that are left.</summary>
internal sealed class ShorterNetwork(Sequential network)
{
    /// <summary>The multiply-adds of an answer without some layers.</summary>
    public long MultiplyAdds(IReadOnlyCollection<Shortcut> removed) => NetworkRewrite.MultiplyAdds(new Rewriting(network, removed).Layers, network.InputShape);

    /// <summary>The network without some layers; the others keep their weights.</summary>
    public Sequential Build(IReadOnlyCollection<Shortcut> removed)
    {
        IReadOnlyDictionary<string, Tensor> state = network.State();
        Rewriting rewriting = new(network, removed);
        return NetworkRewrite.Build(network, rewriting.Layers, name => state[rewriting.NameBefore(name)], rewriting.NameBefore);
    }

    /// <summary>The layers that compute and are still there when all are gone that can go, with the reasons.</summary>
    public IEnumerable<LeftLayer> Left(IReadOnlyCollection<Shortcut> candidates) => new Rewriting(network, candidates).Kept
        .Where(layer => layer is not (Chain or Functional) && layer.MultiplyAdds(layer.InputShape!) > 0)
        .Select(layer => new LeftLayer(layer.Path, layer.Kind, ReasonOf(layer)));

    private static string ReasonOf(Layer layer) => layer switch
    {
        GraphLayer => "it is a traced graph, whose ops are no layers: shorten the network before it is traced, or prune its channels",
        Residual => "its shortcut is a layer of its own, which changes the shape",
        TransformerBlock => "without it nothing would be between the input and the output",
        _ => "no shortcut leads around it",
    };

    /// <summary>The descriptions of the layers that are left, and what layers that are called otherwise now were called before.</summary>
    private sealed class Rewriting
    {
        private readonly IReadOnlyCollection<Shortcut> removed;
        private readonly Dictionary<string, string> names = [];

        public Rewriting(Sequential network, IReadOnlyCollection<Shortcut> removed)
        {
            this.removed = removed;
            Layers = NetworkRewrite.Describe(network);
            Shorten(network.Layers, Layers, path: string.Empty);
        }

        public JsonArray Layers { get; }

        public List<Layer> Kept { get; } = [];

        /// <summary>By the longest beginning of a name that is known.</summary>
        public string NameBefore(string name)
        {
            for (int end = name.LastIndexOf('.'); end > 0; end = name.LastIndexOf('.', end - 1))
            {
                if (names.TryGetValue(name[..end], out string? before))
                {
                    return before + name[end..];
                }
            }

            return name;
        }

        private void Shorten(IReadOnlyList<Layer> layers, JsonArray descriptions, string path)
        {
            int place = 0;
            foreach (Layer layer in layers)
            {
                if (removed.Any(shortcut => shortcut.Place == layer && shortcut.Value == 0))
                {
                    descriptions.RemoveAt(place);
                    continue;
                }

                Keep(layer, descriptions[place]!.AsObject(), path + LayerStack.NameOf(layer, place));
                place++;
            }
        }

        private void Keep(Layer layer, JsonObject description, string name)
        {
            Kept.Add(layer);
            names[name] = layer.Path;
            if (layer is Chain chain)
            {
                Shorten(chain.Layers, description["layers"]!.AsArray(), $"{name}.");
            }
            else if (layer is Functional functional)
            {
                Shorten(functional, description, $"{name}.");
            }
        }

        private void Shorten(Functional functional, JsonObject description, string path)
        {
            JsonArray nodes = [];
            int[] numbers = new int[functional.Nodes.Count + 1];
            foreach (int value in Needed(functional))
            {
                FunctionalNode node = functional.Nodes[value - 1];
                JsonObject kept = description["nodes"]![value - 1]!.DeepClone().AsObject();
                kept["sources"] = JsonAttributes.Of([.. node.Sources.Select(source => numbers[StandsFor(functional, source)])]);
                nodes.Add((JsonNode)kept);
                numbers[value] = nodes.Count;
                if (node.Layer is { } layer)
                {
                    Keep(layer, kept["layer"]!.AsObject(), path + (layer.Name ?? nodes.Count.ToString(CultureInfo.InvariantCulture)));
                }
            }

            description["nodes"] = nodes;
        }

        // The values that lead to the output, in order, without the input.
        private IEnumerable<int> Needed(Functional functional)
        {
            SortedSet<int> needed = [StandsFor(functional, functional.Nodes.Count)];
            for (int value = needed.Max; value > 0; value--)
            {
                if (needed.Contains(value))
                {
                    needed.UnionWith(functional.Nodes[value - 1].Sources.Select(source => StandsFor(functional, source)));
                }
            }

            return needed.Where(value => value > 0);
        }

        private int StandsFor(Functional functional, int value)
        {
            while (removed.FirstOrDefault(shortcut => shortcut.Place == functional && shortcut.Value == value && value > 0) is { } shortcut)
            {
                value = shortcut.Source;
            }

            return value;
        }
    }
}
