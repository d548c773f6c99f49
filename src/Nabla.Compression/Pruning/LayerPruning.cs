using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A network without some of its layers.</summary>
/// <param name="Network">The smaller network.</param>
/// <param name="Removed">The dotted names of the layers that are gone, the first to go first.</param>
/// <param name="Kept">The share of the multiply-adds that is left.</param>
public sealed record ShortenedNetwork(Sequential Network, IReadOnlyList<string> Removed, double Kept);

/// <summary>
/// Takes away whole layers around which a shortcut leads: a <see cref="Residual"/> whose shortcut is its input, or a <see cref="TransformerBlock"/>. One after the
/// other goes whose absence costs least (compare Sajjad et al., On the Effect of Dropping Layers of Pre-trained Transformer Models, 2020, arXiv 2004.03844).
/// </summary>
/// <example><code>ShortenedNetwork shorter = LayerPruning.Apply(network, keep: 0.6, candidate => trainer(candidate).Evaluate(samples)["loss"]);</code></example>
public static class LayerPruning
{
    /// <summary>Makes a shorter network; the one given stays as it is. Its layers without a name of their own are numbered anew.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="keep">The share of the multiply-adds that stays, above 0 and at most 1.</param>
    /// <param name="cost">How bad a network is, such as its loss on samples: the smaller the better.</param>
    /// <exception cref="ArgumentException">The share cannot be reached (the message says the nearest), or a layer is of no kind that model files know.</exception>
    public static ShortenedNetwork Apply(Sequential network, double keep, Func<Sequential, double> cost)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(cost);
        double share = keep is > 0 and <= 1 ? keep : throw new ArgumentOutOfRangeException(nameof(keep), keep, "Expected a share above 0 and at most 1.");
        List<string> candidates = [.. Candidates(network.Layers)];
        double whole = MultiplyAdds(network, []);
        double least = MultiplyAdds(network, candidates) / whole;
        if (least > share)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"The network cannot be shortened to {share:P1} of its multiply-adds: without all {candidates.Count} layers that have a shortcut it is {least:P1}."));
        }

        List<string> removed = [];
        while (MultiplyAdds(network, removed) / whole > share)
        {
            string next = candidates.MinBy(candidate => cost(Without(network, [.. removed, candidate])))!;
            candidates.Remove(next);
            removed.Add(next);
        }

        return new ShortenedNetwork(Without(network, removed), removed, MultiplyAdds(network, removed) / whole);
    }

    private static IEnumerable<string> Candidates(IEnumerable<Layer> layers) => layers.SelectMany(layer => layer switch
    {
        TransformerBlock => [layer.Path],
        Residual residual when !residual.Children.ContainsKey("shortcut") => [layer.Path],
        Chain chain => Candidates(chain.Layers),
        _ => [],
    });

    private static long MultiplyAdds(Sequential network, IReadOnlyCollection<string> removed) =>
        NetworkRewrite.MultiplyAdds(Shortened(network, removed).Layers, network.InputShape);

    private static Sequential Without(Sequential network, IReadOnlyCollection<string> removed)
    {
        IReadOnlyDictionary<string, Tensor> state = network.State();
        (JsonArray layers, Dictionary<string, string> names) = Shortened(network, removed);
        return NetworkRewrite.Build(network, layers, name => state[NameBefore(names, name)], name => NameBefore(names, name));
    }

    // The descriptions that are left, and what layers that are called otherwise now were called before.
    private static (JsonArray Layers, Dictionary<string, string> Names) Shortened(Sequential network, IReadOnlyCollection<string> removed)
    {
        JsonArray layers = NetworkRewrite.Describe(network);
        Dictionary<string, string> names = [];
        Shorten(network.Layers, layers, string.Empty, removed, names);
        return (layers, names);
    }

    private static void Shorten(IReadOnlyList<Layer> layers, JsonArray descriptions, string path, IReadOnlyCollection<string> removed, Dictionary<string, string> names)
    {
        int place = 0;
        foreach (Layer layer in layers)
        {
            if (removed.Contains(layer.Path))
            {
                descriptions.RemoveAt(place);
                continue;
            }

            string name = path + LayerStack.NameOf(layer, place);
            names[name] = layer.Path;
            if (layer is Chain chain)
            {
                Shorten(chain.Layers, descriptions[place]!["layers"]!.AsArray(), $"{name}.", removed, names);
            }

            place++;
        }
    }

    // By the longest beginning of a name that is known.
    private static string NameBefore(Dictionary<string, string> names, string name)
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
}
