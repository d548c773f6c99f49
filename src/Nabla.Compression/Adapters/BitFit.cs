using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Trains the biases of a network alone (Ben Zaken et al., BitFit: Simple Parameter-efficient Fine-tuning, 2021, arXiv 2106.10199).</summary>
public static class BitFit
{
    /// <summary>Keeps all parameters of a network as they are but the biases, those whose name ends with <c>bias</c>.</summary>
    /// <param name="network">A network that was built.</param>
    /// <returns>The numbers that are trained.</returns>
    /// <exception cref="ArgumentException">The network has no bias that is trained.</exception>
    public static long Apply(Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        Parameter[] biases = [.. network.TrainableParameters.Select(pair => pair.Value).Where(IsBias)];
        if (biases.Length == 0)
        {
            throw new ArgumentException($"{network.Label} has no parameter that is called bias and trained.");
        }

        foreach (Parameter parameter in network.Parameters)
        {
            parameter.Trainable &= IsBias(parameter);
        }

        return biases.Sum(bias => (long)bias.Type.Shape.ElementCount);
    }

    private static bool IsBias(Parameter parameter) => parameter.Name.EndsWith("bias", StringComparison.Ordinal);
}
