using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Makes networks anew from the descriptions of their layers, with other sizes and other values.</summary>
internal static class NetworkRewrite
{
    /// <summary>The layers of a network as a model file describes them, free to be changed.</summary>
    /// <exception cref="ArgumentException">A layer is of no kind that model files know.</exception>
    /// <exception cref="InvalidOperationException">A parameter carries a parametrization.</exception>
    public static JsonArray Describe(Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.Parameters.FirstOrDefault(parameter => parameter.Parametrization is not null) is { } dressed)
        {
            throw new InvalidOperationException(
                $"Parameter '{dressed.FullName}' carries a {dressed.Parametrization!.GetType().Name}: make it permanent or take it off first.");
        }

        return new JsonArray([.. network.Layers.Select(LayerCatalogue.Describe)]);
    }

    /// <summary>The multiply-adds that one input costs in layers as they are described.</summary>
    public static long MultiplyAdds(JsonArray layers, Shape input)
    {
        long sum = 0;
        Shape shape = input;
        foreach (Layer layer in LayerCatalogue.Create(layers.Select(layer => layer!.AsObject())))
        {
            sum += layer.MultiplyAdds(shape);
            shape = layer.OutputShape(shape);
        }

        return sum;
    }

    /// <summary>A network of layers as they are described; nothing in it is frozen but what <paramref name="original"/> does not train.</summary>
    /// <param name="original">The network that it comes from.</param>
    /// <param name="layers">The descriptions.</param>
    /// <param name="valueOf">The value of a parameter by its name.</param>
    /// <param name="nameIn">The name that a parameter has in the original; null where there is none.</param>
    public static Sequential Build(Sequential original, JsonArray layers, Func<string, Tensor> valueOf, Func<string, string?> nameIn)
    {
        Layer[] created = LayerCatalogue.Create(layers.Select(layer => layer!.AsObject()), (name, type) => Checked(name, type, valueOf(name)));
        Sequential network = new(original.InputShape, seed: 0, created);
        Dictionary<string, Parameter> before = original.NamedParameters.ToDictionary();
        foreach ((string name, Parameter parameter) in network.NamedParameters)
        {
            parameter.Trainable &= nameIn(name) is not { } known || before[known].Trainable;
        }

        return network;
    }

    private static Tensor Checked(string name, TensorType type, Tensor value) => value.Type == type
        ? value
        : throw new InvalidOperationException($"Parameter '{name}' of the smaller network is {type}, but what was kept of it is {value.Type}.");
}
