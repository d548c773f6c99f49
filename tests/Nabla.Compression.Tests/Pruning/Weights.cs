using Nabla.Layers;

namespace Nabla.Compression.Tests.Pruning;

/// <summary>Looks at and changes single numbers of networks.</summary>
internal static class Weights
{
    /// <summary>A parameter by its dotted name.</summary>
    public static Parameter Named(this Module network, string name) => network.NamedParameters.Single(pair => pair.Key == name).Value;

    /// <summary>Sets places along an axis of a parameter to zero.</summary>
    public static void Zero(this Module network, string name, int axis, params int[] places)
    {
        Parameter parameter = network.Named(name);
        float[] values = parameter.Value.ToArray<float>();
        int inner = parameter.Type.Shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        for (int index = 0; index < values.Length; index++)
        {
            if (places.Contains(index / inner % parameter.Type.Shape[axis]))
            {
                values[index] = 0;
            }
        }

        parameter.Value = Tensor.From(values, parameter.Type.Shape);
    }

    /// <summary>Gives all parameters random numbers, variances positive ones, so that nothing is as it was initialised.</summary>
    public static T Shaken<T>(this T network, long seed = 5)
        where T : Module
    {
        foreach ((string name, Parameter parameter) in network.NamedParameters)
        {
            Tensor random = RandomKey.FromSeed(seed).Fold(name).Normal(parameter.Type.Shape);
            parameter.Value = name.EndsWith("variance", StringComparison.Ordinal) ? random.Square() + 0.5 : random * 0.4;
        }

        return network;
    }
}
