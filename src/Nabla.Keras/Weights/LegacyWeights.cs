using System.Globalization;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Layers;

namespace Nabla.Keras.Weights;

/// <summary>Finds weights as Keras stored them before: a group for each layer, in the order of an attribute, with the names of its weights in another.</summary>
internal static class LegacyWeights
{
    private const string LayerNames = "layer_names";
    private const string WeightNames = "weight_names";
    private const int MostParts = 10_000;

    /// <summary>Whether a group has weights in this way.</summary>
    public static bool IsIn(Hdf5Group group) => TextsOf(group, LayerNames) is not null;

    /// <summary>Gives each layer its data sets: by its name, or by its place where names are others.</summary>
    /// <param name="group">The group of the layers.</param>
    /// <param name="nodes">The layers.</param>
    /// <exception cref="KerasException">There are others in the file.</exception>
    public static void Find(Hdf5Group group, IReadOnlyList<KerasNode> nodes)
    {
        OrderedDictionary<string, IReadOnlyList<Weight>> stored = [];
        foreach (string name in TextsOf(group, LayerNames) ?? throw new KerasException($"expected the attribute '{LayerNames}' of '{group.Path}/', got none"))
        {
            Hdf5Group layer = group.Group(name.Split('/')) ?? throw new KerasException($"expected a group '{group.Path}/{name}' as '{LayerNames}' says, got none");
            IReadOnlyList<Weight> weights = [.. (TextsOf(layer, WeightNames) ?? []).Select(weight => new Weight(weight, DatasetOf(layer, weight)))];
            if (weights.Count > 0 && !stored.TryAdd(name, weights))
            {
                throw new KerasException($"expected each layer once in '{LayerNames}', got '{name}' twice");
            }
        }

        KerasNode[] layers = [.. nodes.Where(node => node.HasWeights)];
        if (layers.Length != stored.Count)
        {
            throw new KerasException($"expected the weights of the {layers.Length} layers {Formats.Names.List([.. layers.Select(layer => layer.Name)])}, got those of {Formats.Names.List(stored.Keys)}");
        }

        bool named = layers.All(layer => stored.ContainsKey(layer.Name));
        for (int index = 0; index < layers.Length; index++)
        {
            Give(layers[index], named ? stored[layers[index].Name] : stored.GetAt(index).Value);
        }
    }

    private static void Give(KerasNode layer, IReadOnlyList<Weight> weights)
    {
        // Within a model the trainable weights of all layers come first, so that its layers' names tell whose they are.
        foreach (KerasNode child in layer.Children.Where(child => child.HasWeights))
        {
            Give(child, [.. weights.Where(weight => weight.Name.Split('/').Contains(child.Name))]);
        }

        if (layer.Children.Count == 0)
        {
            layer.Datasets = weights.Count == layer.Variables.Count
                ? [.. weights.Select(weight => weight.Dataset)]
                : throw new KerasException(
                    $"expected the {layer.Variables.Count} weights {string.Join(", ", layer.Variables.Select(variable => variable.Name))} of {layer.Label}, got {Formats.Names.List([.. weights.Select(weight => weight.Name)])}");
        }
    }

    private static Hdf5Dataset DatasetOf(Hdf5Group layer, string name)
    {
        string[] parts = name.Split('/');
        return layer.Group(parts[..^1])?.Dataset(parts[^1]) ?? throw new KerasException($"expected a data set '{layer.Path}/{name}' as '{WeightNames}' says, got none");
    }

    // Long lists are cut into attributes with numbers.
    private static List<string>? TextsOf(Hdf5Group group, string name)
    {
        if (group.Attributes.Texts(name) is { } all)
        {
            return [.. all];
        }

        List<string> texts = [];
        for (int part = 0; part < MostParts && group.Attributes.Texts($"{name}{part.ToString(CultureInfo.InvariantCulture)}") is { } some; part++)
        {
            texts.AddRange(some);
        }

        return texts.Count > 0 ? texts : null;
    }

    private sealed record Weight(string Name, Hdf5Dataset Dataset);
}
