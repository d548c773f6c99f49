using System.Text.Json;

namespace Nabla.Formats;

/// <summary>An index that says in which of several files beside it each tensor is: <c>model.safetensors.index.json</c>, <c>pytorch_model.bin.index.json</c>.</summary>
internal sealed class ShardIndex
{
    private const int LargestIndex = 100_000_000;
    private const int MostFiles = 99_999;
    private const string MapName = "weight_map";

    private readonly string path;
    private readonly OrderedDictionary<string, string> places = [];

    private ShardIndex(string path) => this.path = path;

    /// <summary>The files in the order of the index, as it names them.</summary>
    public IEnumerable<string> Files => places.Values.Distinct();

    /// <summary>Reads an index; its files need not exist.</summary>
    /// <exception cref="InvalidFileException">It is none.</exception>
    public static ShardIndex Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        byte[] json = input.Remaining <= LargestIndex
            ? input.Read(input.Remaining, "an index")
            : throw input.Error($"expected an index of at most {LargestIndex} bytes, got {input.Remaining}");
        ShardIndex index = new(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            index.Take(document.RootElement.GetProperty(MapName));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a JSON object with a '{MapName}' from tensors to files", error);
        }

        return index;
    }

    /// <summary>Reads what the files hold, in the order of the index.</summary>
    /// <param name="read">What one file holds, by the names of tensors.</param>
    /// <exception cref="InvalidFileException">The index points out of its folder, or its files hold other tensors than it says.</exception>
    public OrderedDictionary<string, T> ReadAll<T>(Func<string, IReadOnlyDictionary<string, T>> read)
        where T : class
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, IReadOnlyDictionary<string, T>> files = Files.ToDictionary(file => file, file => read(Locate(folder, file)));
        OrderedDictionary<string, T> all = [];
        foreach ((string name, string file) in places)
        {
            all.Add(name, files[file].TryGetValue(name, out T? found) ? found : throw Error($"expected tensor '{name}' in '{file}', got none"));
        }

        string? unknown = files.Values.SelectMany(file => file.Keys).FirstOrDefault(name => !places.ContainsKey(name));
        return unknown is null ? all : throw Error($"expected the tensors of the index, got '{unknown}' besides");
    }

    private void Take(JsonElement map)
    {
        HashSet<string> files = [];
        foreach (JsonProperty place in map.EnumerateObject())
        {
            string file = place.Value.GetString() ?? throw Error($"expected the file of tensor '{place.Name}', got null");
            places.Add(place.Name, file);
            if (files.Add(file) && files.Count > MostFiles)
            {
                throw Error($"expected tensors in at most {MostFiles} files, got more");
            }
        }
    }

    private string Locate(string folder, string file)
    {
        FileInfo place = new(Path.Combine(folder, Path.GetFileName(file)));
        return place.Name == file && place is { Exists: true, LinkTarget: null }
            ? place.FullName
            : throw Error($"expected a file beside the index, got '{file}'");
    }

    private InvalidFileException Error(string problem) => new(path, FilePosition.None, problem);
}
