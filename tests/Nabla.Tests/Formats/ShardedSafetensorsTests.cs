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

    private static void Shards(TemporaryFolder folder)
    {
        Safetensors.Write(folder.File("1.safetensors"), [new("a", Tensor.From(1f))]);
        Safetensors.Write(folder.File("2.safetensors"), [new("b", Tensor.From(2f)), new("c", Tensor.From(3f))]);
    }
}
