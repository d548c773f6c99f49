using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>GGUF files that a program of its own wrote after the specification (<c>Gguf/make.py</c>), with the values of their tensors.</summary>
public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("version2.gguf", 2, 64)]
    [InlineData("version3.gguf", 3, 32)]
    public void Every_tensor_has_the_values_that_were_written(string name, int version, int alignment)
    {
        IReadOnlyDictionary<string, Tensor> expected = Npz.Read(Golden("expected.npz"));
        using GgufFile file = GgufFile.Open(Golden(name));
        Assert.Equal((version, alignment), (file.Version, file.Alignment));
        Assert.Equal(expected.Keys, file.Tensors.Keys);
        foreach ((string tensor, Tensor values) in expected)
        {
            Assert.Equal(values.Shape, file.Tensors[tensor].Shape);
            Assert.Equal(values.Type, file.Read(tensor).Type);
            Assert.Equal(values.AsBytes().ToArray(), file.Read(tensor).AsBytes().ToArray());
        }

        Assert.Equal(expected.Keys, GgufFile.ReadAll(Golden(name)).Keys);
    }

    [Fact]
    public void Metadata_keep_their_types()
    {
        using GgufFile file = GgufFile.Open(Golden("version3.gguf"));
        Assert.Equal("llama", file.Metadata["general.architecture"]);
        Assert.Equal("tiny ∇", file.Metadata["general.name"]);
        Assert.Equal((byte)200, file.Metadata["a.uint8"]);
        Assert.Equal((sbyte)-5, file.Metadata["a.int8"]);
        Assert.Equal((ushort)60000, file.Metadata["a.uint16"]);
        Assert.Equal((short)-6, file.Metadata["a.int16"]);
        Assert.Equal(1u, file.Metadata["llama.block_count"]);
        Assert.Equal(-7, file.Metadata["a.int32"]);
        Assert.Equal(1e-5f, file.Metadata["llama.attention.layer_norm_rms_epsilon"]);
        Assert.Equal(true, file.Metadata["a.bool"]);
        Assert.Equal(["<s>", "▁a", "b"], Assert.IsType<string[]>(file.Metadata["tokenizer.ggml.tokens"]));
        Assert.Equal([0, -1, -2.5f], Assert.IsType<float[]>(file.Metadata["tokenizer.ggml.scores"]));
        object[] nested = Assert.IsType<object[]>(file.Metadata["a.nested"]);
        Assert.Equal([1u, 2u], Assert.IsType<uint[]>(nested[0]));
        Assert.Empty(Assert.IsType<uint[]>(nested[1]));
        Assert.Equal(ulong.MaxValue, file.Metadata["a.uint64"]);
        Assert.Equal(long.MinValue, file.Metadata["a.int64"]);
        Assert.Equal(Math.PI, file.Metadata["a.float64"]);
    }

    [Fact]
    public void A_type_that_is_not_read_is_listed_and_refused_by_name()
    {
        byte[] bytes = File.ReadAllBytes(Golden("version3.gguf"));
        int place = bytes.AsSpan().IndexOf("blk.0.attn_k.weight"u8) + "blk.0.attn_k.weight".Length + sizeof(uint) + (2 * sizeof(ulong));
        bytes[place] = 14;
        using GgufFile file = GgufFile.Open(folder.Write("k.gguf", bytes));
        Assert.Equal("Q6_K", file.Tensors["blk.0.attn_k.weight"].Type);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => file.Read("blk.0.attn_k.weight"));
        Assert.Contains("expected tensor 'blk.0.attn_k.weight' of a type out of F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0", error.Message, StringComparison.Ordinal);
        Assert.Contains("got Q6_K", error.Message, StringComparison.Ordinal);
        Assert.Equal([3, 5], file.Read("token_embd.weight").Shape);
    }

    [Fact]
    public void An_unknown_name_lists_those_that_exist()
    {
        using GgufFile file = GgufFile.Open(Golden("version3.gguf"));
        Assert.Contains("no tensor 'x'; it has 'token_embd.weight'", Assert.Throws<KeyNotFoundException>(() => file.Read("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        HostileInput.EveryTruncationIsRefused(File.ReadAllBytes(Golden("version3.gguf")), path => GgufFile.ReadAll(path));

    [Fact]
    public void Random_corruption_is_read_or_refused() =>
        HostileInput.RandomCorruptionIsReadOrRefused(File.ReadAllBytes(Golden("version2.gguf")), path => GgufFile.ReadAll(path));

    private static string Golden(string file) => Repository.PathOf($"tests/Nabla.Tests/Formats/Gguf/{file}");
}
