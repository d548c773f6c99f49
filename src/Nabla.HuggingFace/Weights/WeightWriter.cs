using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>Gives the parameters of a network the names and layouts of files.</summary>
internal static class WeightWriter
{
    /// <summary>The tensors of a file.</summary>
    /// <param name="values">The value of each parameter, or its gradient, by the parameter's name.</param>
    /// <param name="map">The names.</param>
    /// <param name="prefix">What stands before the names of the base.</param>
    public static OrderedDictionary<string, Tensor> Write(IEnumerable<KeyValuePair<string, Tensor>> values, NameMap map, string prefix)
    {
        OrderedDictionary<string, Tensor> tensors = [];
        Dictionary<string, List<Tensor>> parts = [];
        foreach ((string parameter, Tensor value) in values)
        {
            TensorPlace place = map.PlaceOf(parameter);
            string name = place.IsBase ? prefix + place.Name : place.Name;
            List<Tensor> sides = parts.TryGetValue(name, out List<Tensor>? known) ? known : parts[name] = [];
            sides.Add(place.Form.Write(value));
            if (sides.Count == place.Form.Parts)
            {
                tensors[name] = sides.Count == 1 ? sides[0] : ShapeOps.Concatenate(value.Rank - 1, [.. sides]);
            }
        }

        return tensors;
    }

    /// <summary>The tensors of a network.</summary>
    public static OrderedDictionary<string, Tensor> Write(Module network, NameMap map, string prefix) =>
        Write(network.NamedParameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)), map, prefix);
}
