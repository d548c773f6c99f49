using Nabla.Layers;

namespace Nabla.Cli.Files.Weights;

/// <summary>A parameter with the place where it stands.</summary>
/// <param name="Module">The dotted name of the layer; empty for the network itself.</param>
/// <param name="Kind">The kind of the layer.</param>
/// <param name="Name">Its name within the layer.</param>
/// <param name="Parameter">The parameter.</param>
/// <param name="Flattened">The shape of what a layer in front flattened, where its kernel's rows stand in that order; null elsewhere.</param>
internal sealed record PlacedParameter(string Module, string Kind, string Name, Parameter Parameter, Shape? Flattened)
{
    /// <summary>The dotted name.</summary>
    public string FullName => Module.Length == 0 ? Name : $"{Module}.{Name}";
}

/// <summary>The parameters of a network with the layers that they belong to.</summary>
internal static class NetworkParameters
{
    /// <summary>All parameters in order.</summary>
    public static PlacedParameter[] Of(Sequential network)
    {
        Dictionary<Module, Shape> flattened = new(ReferenceEqualityComparer.Instance);
        Note(network.Layers, flattened);
        return [.. Of(network, "", flattened)];
    }

    private static IEnumerable<PlacedParameter> Of(Module module, string path, Dictionary<Module, Shape> flattened)
    {
        foreach ((string name, Parameter parameter) in module.NamedParameters.Where(pair => !pair.Key.Contains('.', StringComparison.Ordinal)))
        {
            yield return new PlacedParameter(path, module.Kind, name, parameter, flattened.GetValueOrDefault(module));
        }

        foreach ((string child, Module inner) in module.Children)
        {
            foreach (PlacedParameter placed in Of(inner, path.Length == 0 ? child : $"{path}.{child}", flattened))
            {
                yield return placed;
            }
        }
    }

    // Layers that treat each number alone leave the order as it is.
    private static void Note(IReadOnlyList<Layer> layers, Dictionary<Module, Shape> flattened)
    {
        Shape? images = null;
        foreach (Layer layer in layers)
        {
            if (layer is Chain chain)
            {
                Note(chain.Layers, flattened);
            }

            if (layer is Dense && images is not null)
            {
                flattened[layer] = images;
            }

            images = layer switch
            {
                Flatten { InputShape: { Rank: 3 } shape } => shape,
                Dropout or Activation => images,
                _ => null,
            };
        }
    }
}
