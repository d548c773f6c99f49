using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// How PEFT lays out prefixes: one matrix <c>prompt_embeddings [length, layers * 2 * keyHeads * size]</c>, in each row the key of the first layer, its value,
/// the key of the second, and so on.
/// </summary>
internal static class PrefixLayout
{
    /// <summary>What PEFT calls the matrix.</summary>
    public const string Name = "prompt_embeddings";

    /// <summary>The keys and values of all layers as one matrix.</summary>
    /// <exception cref="NotSupportedException">The layers differ in their heads.</exception>
    public static Tensor Join(IReadOnlyList<KeyValuePair<string, Parameter>> prefixes)
    {
        Shape shape = prefixes[0].Value.Type.Shape;
        KeyValuePair<string, Parameter> other = prefixes.FirstOrDefault(pair => pair.Value.Type.Shape != shape);
        return other.Value is null
            ? ShapeOps.Concatenate(1, [.. prefixes.Select(pair => pair.Value.Value.Reshape(shape[0], -1))])
            : throw new NotSupportedException($"PEFT's layout of prefixes takes layers of equal heads, but '{other.Key}' is {other.Value.Type.Shape} and '{prefixes[0].Key}' {shape}.");
    }

    /// <summary>The shape of the matrix.</summary>
    public static Shape ShapeOf(IReadOnlyList<KeyValuePair<string, Parameter>> prefixes)
    {
        Shape shape = prefixes[0].Value.Type.Shape;
        return [shape[0], prefixes.Count * shape[1] * shape[2]];
    }

    /// <summary>Sets the keys and values of all layers from one matrix.</summary>
    public static void Take(IReadOnlyList<KeyValuePair<string, Parameter>> prefixes, Tensor matrix)
    {
        Tensor[] parts = matrix.Split(1, prefixes.Count);
        for (int index = 0; index < parts.Length; index++)
        {
            Parameter parameter = prefixes[index].Value;
            parameter.Value = parts[index].Reshape(parameter.Type.Shape.AsSpan()).To(parameter.Type.DataType);
        }
    }
}
