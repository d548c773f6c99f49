using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>
/// Which tensor of a file is which parameter: a JSON object such as
/// <c>{ "0": "features.0", "head.kernel": { "tensor": "fc.weight", "axes": [1, 0] } }</c>. A key is a parameter, or a module whose parameters are then looked
/// for under the other name; axes say in which order the axes of the file's tensor are to stand.
/// </summary>
internal sealed class WeightMap
{
    private const int LargestFile = 10_000_000;

    private readonly Dictionary<string, MappedTensor> entries;

    private WeightMap(Dictionary<string, MappedTensor> entries) => this.entries = entries;

    /// <summary>A map that says nothing.</summary>
    public static WeightMap Empty { get; } = new([]);

    /// <summary>The keys of the map.</summary>
    public IEnumerable<string> Keys => entries.Keys;

    /// <summary>Reads a map.</summary>
    /// <exception cref="InvalidFileException">It is no JSON object of such entries.</exception>
    public static WeightMap Read(string path)
    {
        byte[] json = new FileInfo(path) is { Length: <= LargestFile }
            ? File.ReadAllBytes(path)
            : throw new InvalidFileException(path, FilePosition.None, $"expected a map of at most {LargestFile} bytes");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new WeightMap(document.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => Parse(entry.Value)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidFileException(
                path, FilePosition.None, "expected a JSON object from parameters to names of tensors, or to objects with 'tensor' and 'axes'", error);
        }
    }

    /// <summary>What the map says about a parameter itself; null for nothing.</summary>
    public MappedTensor? Tensor(string parameter) => entries.GetValueOrDefault(parameter);

    /// <summary>The path under which the file has the parameters of a module: that of the map for the module or the nearest around it.</summary>
    public string ModulePath(string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            if (entries.TryGetValue(path[..end], out MappedTensor? mapped))
            {
                return mapped.Name + path[end..];
            }
        }

        return path;
    }

    private static MappedTensor Parse(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? new MappedTensor(
            value.GetProperty("tensor").GetString() ?? throw new FormatException(),
            value.TryGetProperty("axes", out JsonElement axes) ? [.. axes.EnumerateArray().Select(axis => axis.GetInt32())] : null)
        : new MappedTensor(value.GetString() ?? throw new FormatException(), Axes: null);
}

/// <summary>A tensor of a file, and how its axes are to be ordered; null as the kinds of layers say.</summary>
internal sealed record MappedTensor(string Name, int[]? Axes);
