using System.Globalization;
using System.Text.Json;

namespace Nabla.Formats;

/// <summary>Writes the files of <see cref="ShardedSafetensors"/>.</summary>
internal sealed class ShardWriter
{
    private const string Ending = ".safetensors.index.json";

    private readonly string index;
    private readonly string folder;
    private readonly string name;
    private readonly SafetensorsOptions options;

    public ShardWriter(string path, SafetensorsOptions options)
    {
        index = Path.GetFullPath(path);
        folder = AtomicFile.RequireFolder(path);
        name = index.EndsWith(Ending, StringComparison.Ordinal)
            ? Path.GetFileName(index)[..^Ending.Length]
            : throw new ArgumentException($"An index of safetensors files is called NAME{Ending}, not '{Path.GetFileName(path)}'.", nameof(path));
        this.options = options;
    }

    public void Write(KeyValuePair<string, Tensor>[] tensors, long limit)
    {
        RequireNames(tensors);
        List<KeyValuePair<string, Tensor>[]> shards = Split(tensors, limit);
        string[] files = [.. shards.Select((_, number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number + 1:D5}-of-{shards.Count:D5}.safetensors"))];
        string[] old = OldFiles();
        WriteAll(files, shards);
        AtomicFile.WriteBytes(index, Index(files, shards));
        foreach (string file in old.Except(files))
        {
            File.Delete(Path.Combine(folder, file));
        }
    }

    private static void RequireNames(KeyValuePair<string, Tensor>[] tensors)
    {
        HashSet<string> names = [];
        string? twice = tensors.Select(pair => pair.Key).FirstOrDefault(key => !names.Add(key));
        if (twice is not null)
        {
            throw new ArgumentException($"Safetensors files name each tensor once, but got '{twice}' twice.", nameof(tensors));
        }
    }

    private List<KeyValuePair<string, Tensor>[]> Split(KeyValuePair<string, Tensor>[] tensors, long limit)
    {
        List<KeyValuePair<string, Tensor>[]> shards = [];
        int first = 0;
        long bytes = 0;
        for (int next = 0; next < tensors.Length; next++)
        {
            long size = options.TypeOf(tensors[next].Value).ByteCount;
            if (next > first && bytes + size > limit)
            {
                shards.Add(tensors[first..next]);
                (first, bytes) = (next, 0);
            }

            bytes += size;
        }

        shards.Add(tensors[first..]);
        return shards;
    }

    private void WriteAll(string[] files, List<KeyValuePair<string, Tensor>[]> shards)
    {
        List<string> written = [];
        try
        {
            for (int number = 0; number < files.Length; number++)
            {
                written.Add(Path.Combine(folder, $".{files[number]}.{Path.GetRandomFileName()}"));
                Safetensors.Write(written[^1], shards[number], options);
            }

            foreach ((string file, string temporary) in files.Zip(written))
            {
                File.Move(temporary, Path.Combine(folder, file), overwrite: true);
            }
        }
        finally
        {
            written.ForEach(File.Delete);
        }
    }

    // Only files beside the index that this writer may have written are ever deleted.
    private string[] OldFiles() => File.Exists(index)
        ? [.. ShardIndex.Read(index).Files.Where(file => Path.GetFileName(file) == file && file.StartsWith($"{name}-", StringComparison.Ordinal))]
        : [];

    private byte[] Index(string[] files, List<KeyValuePair<string, Tensor>[]> shards)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(pair => options.TypeOf(pair.Value).ByteCount)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach ((string file, KeyValuePair<string, Tensor>[] shard) in files.Zip(shards))
            {
                foreach ((string tensor, _) in shard)
                {
                    json.WriteString(tensor, file);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }
}
