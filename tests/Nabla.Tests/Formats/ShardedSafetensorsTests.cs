using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>Tensors that are spread over several files.</summary>
public sealed class ShardedSafetensorsTests
{
    [Fact]
    public void Tensors_of_all_files_come_in_the_order_of_the_index()
    {
        using TemporaryFolder folder = new();
        Shards(folder);
        string index = folder.Write("model.safetensors.index.json", """{"metadata":{"total_size":12},"weight_map":{"b":"2.safetensors","a":"1.safetensors","c":"2.safetensors"}}""");
        IReadOnlyDictionary<string, Tensor> tensors = ShardedSafetensors.Read(index);
        Assert.Equal(["b", "a", "c"], tensors.Keys);
        Assert.Equal([1f, 2, 3], tensors.Values.Select(tensor => tensor.Item<float>()).Order());
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors"}}""", "expected tensor 'b' in '1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""", "got 'c' besides")]
    [InlineData("""{"weight_map":{"a":"../1.safetensors"}}""", "expected a file beside the index, got '../1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/hostname"}}""", "expected a file beside the index")]
    [InlineData("""{"weight_map":{"a":"link.safetensors"}}""", "expected a file beside the index")]
    [InlineData("""{"weight_map":{"a":"3.safetensors"}}""", "expected a file beside the index")]
    [InlineData("""{"weight_map":{"a":null}}""", "expected the file of tensor 'a'")]
    [InlineData("""{"weight_map":{"a":7}}""", "expected a JSON object")]
    [InlineData("""{"weight_map":[]}""", "expected a JSON object")]
    [InlineData("{}", "expected a JSON object")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"1.safetensors"}}""", "expected a JSON object")]
    [InlineData("", "expected a JSON object")]
    public void An_index_that_lies_is_refused(string index, string problem)
    {
        using TemporaryFolder folder = new();
        Shards(folder);
        File.CreateSymbolicLink(folder.File("link.safetensors"), folder.File("1.safetensors"));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ShardedSafetensors.Read(folder.Write("model.safetensors.index.json", index)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_comes_back_in_files_within_the_limit()
    {
        using TemporaryFolder folder = new();
        string index = folder.File("model.safetensors.index.json");
        KeyValuePair<string, Tensor>[] tensors =
            [new("a", Tensor.Ones([3])), new("b", Tensor.From(2f)), new("c", Tensor.From(7L)), new("big", Tensor.Zeros([100])), new("d", Tensor.From(4f))];
        ShardedSafetensors.Write(index, tensors, shardLimit: 16);
        Assert.Equal(
            ["model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors", "model-00003-of-00004.safetensors", "model-00004-of-00004.safetensors", "model.safetensors.index.json"],
            Directory.EnumerateFiles(folder.ToString()).Select(Path.GetFileName).Order());
        IReadOnlyDictionary<string, Tensor> read = ShardedSafetensors.Read(index);
        Assert.Equal(tensors.Select(pair => pair.Key), read.Keys);
        Assert.All(tensors, pair => Assert.Equal(pair.Value.AsBytes().ToArray(), read[pair.Key].AsBytes().ToArray()));
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(index));
        Assert.Equal(12 + 4 + 8 + 400 + 4, json.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64());
        Assert.Equal("model-00003-of-00004.safetensors", json.RootElement.GetProperty("weight_map").GetProperty("big").GetString());
    }

    [Fact]
    public void Files_that_a_new_index_does_not_need_are_deleted_and_others_stay()
    {
        using TemporaryFolder folder = new();
        string index = folder.File("model.safetensors.index.json");
        folder.Write("thesis.safetensors", "years of work");
        ShardedSafetensors.Write(index, [new("a", Tensor.From(1f)), new("b", Tensor.From(2f))], shardLimit: 1);
        ShardedSafetensors.Write(index, [new("a", Tensor.From(3f))], options: new SafetensorsOptions { Floats = StoredType.Float16 });
        Assert.Equal(3f, ShardedSafetensors.Read(index)["a"].Item<float>());
        Assert.Equal(
            ["model-00001-of-00001.safetensors", "model.safetensors.index.json", "thesis.safetensors"],
            Directory.EnumerateFiles(folder.ToString()).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Writing_that_fails_leaves_what_was_there()
    {
        using TemporaryFolder folder = new();
        string index = folder.File("model.safetensors.index.json");
        ShardedSafetensors.Write(index, [new("a", Tensor.From(1f)), new("b", Tensor.From(2f))], shardLimit: 1);
        string[] before = [.. Directory.EnumerateFiles(folder.ToString()).Order()];
        SafetensorsOptions half = new() { Floats = StoredType.Float16 };
        Assert.Throws<ArgumentException>(() => ShardedSafetensors.Write(index, [new("a", Tensor.From(1f)), new("b", Tensor.From(1e9f))], shardLimit: 1, half));
        Assert.Throws<ArgumentException>(() => ShardedSafetensors.Write(index, [new("a", Tensor.From(1f)), new("a", Tensor.From(1f))]));
        Assert.Throws<ArgumentException>(() => ShardedSafetensors.Write(folder.File("weights.json"), [new("a", Tensor.From(1f))]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShardedSafetensors.Write(index, [new("a", Tensor.From(1f))], shardLimit: 0));
        Assert.Equal(before, Directory.EnumerateFiles(folder.ToString()).Order());
        Assert.Equal(2f, ShardedSafetensors.Read(index)["b"].Item<float>());
    }

    private static void Shards(TemporaryFolder folder)
    {
        Safetensors.Write(folder.File("1.safetensors"), [new("a", Tensor.From(1f))]);
        Safetensors.Write(folder.File("2.safetensors"), [new("b", Tensor.From(2f)), new("c", Tensor.From(3f))]);
    }
}
