using System.Security.Cryptography;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Makes sure that an adapter is put on the base that it was trained with: the checksums of the base's weights stand in its file.</summary>
internal static class AdapterBase
{
    private const string Field = "nabla.base.";

    /// <summary>What is noted about weights.</summary>
    public static Dictionary<string, string> Note(IEnumerable<KeyValuePair<string, Parameter>> weights)
    {
        Dictionary<string, string> noted = new() { ["format"] = "pt" };
        foreach ((string name, Parameter weight) in weights)
        {
            noted[Field + name] = Checksum(weight.Original);
        }

        return noted;
    }

    /// <summary>Objects to weights that are others than those that are noted; where nothing is noted there is nothing to say.</summary>
    /// <exception cref="InvalidFileException">A weight differs.</exception>
    public static void Require(SafetensorsFile file, IEnumerable<KeyValuePair<string, Parameter>> weights)
    {
        foreach ((string name, Parameter weight) in weights)
        {
            if (file.Metadata.TryGetValue(Field + name, out string? expected) && expected != Checksum(weight.Original))
            {
                throw Error(file, $"the adapter is for another base: '{name}' holds other numbers than the weight that it was trained with");
            }
        }
    }

    /// <summary>A matrix of the adapter.</summary>
    /// <exception cref="InvalidFileException">There is none, or of another shape.</exception>
    public static Tensor Find(SafetensorsFile file, string name, Shape expected)
    {
        Tensor? matrix = file.GetValueOrDefault(name);
        string got = matrix is null ? "none" : $"{matrix.DataType.Label} {matrix.Shape}";
        return matrix is not null && matrix.DataType.IsFloating && matrix.Shape == expected
            ? matrix
            : throw Error(file, $"the adapter is for another base: expected '{name}' {expected}, got {got}");
    }

    /// <summary>An error about the file.</summary>
    public static InvalidFileException Error(SafetensorsFile file, string problem) => new(file.Path, FilePosition.None, problem);

    private static string Checksum(Tensor weight) => Convert.ToHexStringLower(SHA256.HashData(weight.AsBytes()));
}
