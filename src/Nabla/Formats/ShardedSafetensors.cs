using System.Text.Json;

namespace Nabla.Formats;

/// <summary>
/// Reads and writes tensors that are spread over several safetensors files, with an index that says where each is:
/// <c>model.safetensors.index.json</c>, as large models of Hugging Face have it.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyDictionary&lt;string, Tensor&gt; weights = ShardedSafetensors.Read("model/model.safetensors.index.json");
/// ShardedSafetensors.Write("copy/model.safetensors.index.json", weights, shardLimit: 2_000_000_000);
/// </code>
/// </example>
public static class ShardedSafetensors
{
    /// <summary>The bytes of elements that a file has at most when nothing else is said: 5 GB, as other libraries write them.</summary>
    public const long DefaultShardLimit = 5_000_000_000;

    private const int LargestIndex = 100_000_000;
    private const int MostFiles = 99_999;
    private const string MapName = "weight_map";

    /// <summary>Reads all tensors, in the order of the index.</summary>
    /// <param name="path">The index. Its files lie in its own folder.</param>
    /// <exception cref="FileNotFoundException">There is no such index.</exception>
    /// <exception cref="InvalidFileException">The index is none, points out of its folder, or its files hold other tensors than it says.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        OrderedDictionary<string, string> places = ReadIndex(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, SafetensorsFile> files = [];
        foreach (string file in places.Values.Distinct())
        {
            files[file] = Safetensors.Read(Locate(path, folder, file));
        }

        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, string file) in places)
        {
            tensors.Add(name, files[file].TryGetValue(name, out Tensor? tensor) ? tensor : throw Error(path, $"expected tensor '{name}' in '{file}', got none"));
        }

        string? unknown = files.Values.SelectMany(file => file.Keys).FirstOrDefault(name => !places.ContainsKey(name));
        return unknown is null ? tensors : throw Error(path, $"expected the tensors of the index, got '{unknown}' besides");
    }

    /// <summary>
    /// Writes tensors in the given order into as many files as the limit asks for, <c>model-00001-of-00003.safetensors</c> and so on beside
    /// <c>model.safetensors.index.json</c>. All files are written under other names first, then put in place, the index last; when writing fails, what was
    /// there before stays. Files of an older index that are no longer needed are deleted.
    /// </summary>
    /// <param name="path">The index: a name that ends with <c>.safetensors.index.json</c>. Its folder must exist.</param>
    /// <param name="tensors">Names and tensors; each name once, and none called <c>__metadata__</c>.</param>
    /// <param name="shardLimit">The bytes of elements of a file; a tensor that is larger has a file of its own.</param>
    /// <param name="options">What the elements are stored as, and the free text of each file; null for what they are and none.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, a value does not fit into its type, or the path has another ending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, long shardLimit = DefaultShardLimit, SafetensorsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardLimit, 1);
        new ShardWriter(path, options ?? new SafetensorsOptions()).Write([.. tensors], shardLimit);
    }

    internal static OrderedDictionary<string, string> ReadIndex(string path)
    {
        using FileInput input = FileInput.Open(path);
        byte[] json = input.Remaining <= LargestIndex
            ? input.Read(input.Remaining, "an index")
            : throw input.Error($"expected an index of at most {LargestIndex} bytes, got {input.Remaining}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            OrderedDictionary<string, string> places = [];
            HashSet<string> files = [];
            foreach (JsonProperty place in document.RootElement.GetProperty(MapName).EnumerateObject())
            {
                places.Add(place.Name, place.Value.GetString() ?? throw Error(path, $"expected the file of tensor '{place.Name}', got null"));
                if (files.Add(place.Value.GetString()!) && files.Count > MostFiles)
                {
                    throw Error(path, $"expected tensors in at most {MostFiles} files, got more");
                }
            }

            return places;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a JSON object with a '{MapName}' from tensors to files", error);
        }
    }

    private static string Locate(string index, string folder, string file)
    {
        FileInfo place = new(Path.Combine(folder, Path.GetFileName(file)));
        return place.Name == file && place is { Exists: true, LinkTarget: null }
            ? place.FullName
            : throw Error(index, $"expected a file beside the index, got '{file}'");
    }

    private static InvalidFileException Error(string path, string problem) => new(path, FilePosition.None, problem);
}
