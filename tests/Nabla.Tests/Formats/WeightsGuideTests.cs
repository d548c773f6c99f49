using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>The code of <c>docs/weights.md</c>.</summary>
public sealed class WeightsGuideTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Weights_go_from_one_format_to_the_next()
    {
        string source = Repository.PathOf("tests/Nabla.Tests/Formats/Torch/zip.pt");
        (string small, string index, string back, string arrays) =
            (folder.File("w.safetensors"), folder.File("w.safetensors.index.json"), folder.File("w.pt"), folder.File("w.npz"));
        IReadOnlyDictionary<string, Tensor> weights = TorchFile.Read(source);
        Safetensors.Write(small, weights, new SafetensorsOptions { Floats = StoredType.BFloat16 });
        ShardedSafetensors.Write(index, weights, shardLimit: 2_000_000_000);
        TorchFile.Write(back, weights);
        Npz.Write(arrays, weights, compress: true);
        using MappedSafetensors mapped = MappedSafetensors.Open(small);
        Tensor first = mapped.Read(mapped.Names[0]);
        Assert.Equal(weights.Values.First().Shape, first.Shape);
        foreach (IReadOnlyDictionary<string, Tensor> read in new[] { ShardedSafetensors.Read(index), TorchFile.Read(back), Npz.Read(arrays) })
        {
            Assert.Equal(weights.Keys, read.Keys);
            Assert.All(weights, pair => Assert.Equal(pair.Value.AsBytes().ToArray(), read[pair.Key].AsBytes().ToArray()));
        }
    }
}
