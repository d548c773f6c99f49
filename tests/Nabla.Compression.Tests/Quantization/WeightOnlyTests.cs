using Nabla.Formats;
using Nabla.Layers;
using Nabla.Ops.Products;
using Nabla.Tests;
using Nabla.Text;

namespace Nabla.Compression.Tests.Quantization;

public sealed class WeightOnlyTests
{
    private static readonly Tensor Tokens = RandomKey.FromSeed(3).Integers([2, 12], 1, 37);

    [Theory]
    [InlineData(4, 0.08)]
    [InlineData(8, 0.005)]
    public void Integers_are_the_nearest_and_the_farthest_weight_is_exact(int bits, double tolerance)
    {
        Tensor weights = RandomKey.FromSeed(1).Normal([13, 5]);
        GroupedFormat format = new(bits, 6, 13);
        (Tensor packed, Tensor scales) = GroupedPacking.Pack(weights, format);
        float[] whole = new GroupedWhole(format).ApplyOne(packed, scales).ToArray<float>();
        float[] original = weights.ToArray<float>();
        for (int group = 0; group < 3; group++)
        {
            for (int output = 0; output < 5; output++)
            {
                int[] places = [.. Enumerable.Range(6 * group, Math.Min(6, 13 - (6 * group))).Select(input => (input * 5) + output)];
                float farthest = places.Select(place => original[place]).MaxBy(Math.Abs);
                double step = Math.Abs(farthest) / (1 << (bits - 1));
                Assert.All(places, place => Assert.InRange(Math.Abs(original[place] - whole[place]), 0, (1.0001 * step) + 1e-7));
                Assert.Contains(places, place => Math.Abs(whole[place] - farthest) < 1e-6);
            }
        }

        Assert.InRange(whole.Zip(original).Average(pair => Math.Abs(pair.First - pair.Second)), 0, tolerance);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Decoders_answer_nearly_as_before_and_load_as_they_were_saved(int bits)
    {
        using TemporaryFolder folder = new();
        foreach (Sequential network in (Sequential[])[Llama(), Gpt()])
        {
            QuantizationResult result = Quantizer.WeightOnly(network, new WeightOnlyOptions { Bits = bits, Group = 8 });
            Assert.DoesNotContain(result.Left, left => left.Kind is nameof(Dense) or nameof(Embedding));
            Tensor answer = result.Network.Forward(Tokens);
            double error = (answer - network.Forward(Tokens)).StandardDeviation().ToDouble() / network.Forward(Tokens).StandardDeviation().ToDouble();
            Assert.InRange(error, 1e-5, bits == 4 ? 0.3 : 0.03);
            string path = folder.File($"{network.Layers.Count}");
            ModelFolder.Save(path, new SavedModel("small", result.Network) { Floats = StoredType.Float32 });
            Assert.Equal(answer.ToArray<float>(), ModelFolder.Load(path).Network.Forward(Tokens).ToArray<float>());
        }
    }

    [Fact]
    public void Steps_with_what_is_remembered_equal_the_whole_sequence()
    {
        Sequential small = Quantizer.WeightOnly(Llama()).Network;
        Tensor whole = small.Forward(Tokens);
        DecodingState state = new();
        for (int step = 0; step < 12; step++)
        {
            Tensor now = small.Forward(Tokens.Slice(1, step, 1), ForwardContext.Inference.WithState(state));
            state.Advance(1);
            Assert.True(now.AllClose(whole.Slice(1, step, 1), 1e-4, 1e-4));
        }
    }

    [Fact]
    public void What_is_excluded_stays_and_what_cannot_be_is_said()
    {
        Sequential network = Llama();
        QuantizationResult result = Quantizer.WeightOnly(network, new WeightOnlyOptions { Excluded = ["0.*"] });
        Assert.Contains(result.Left, left => left is { Name: "0.embeddings", Kind: "Embedding" });
        Assert.Throws<ArgumentException>(() => Quantizer.WeightOnly(network, new WeightOnlyOptions { Excluded = ["x*"] }));
        Assert.Contains("no dense layer", Assert.Throws<ArgumentException>(() => Quantizer.WeightOnly(new Sequential([4, 4, 1], 1, new Conv2D(2, 3)))).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.ThrowsAny<Exception>(() => Quantizer.WeightOnly(result.Network, new WeightOnlyOptions { Bits = 8 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightOnlyOptions { Bits = 3 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightOnlyOptions { Group = 7 });
    }

    [Fact]
    public void Models_with_odd_bits_are_refused_when_they_are_loaded()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("small");
        ModelFolder.Save(path, new SavedModel("small", Quantizer.WeightOnly(Llama()).Network));
        string json = Path.Combine(path, "model.json");
        string text = File.ReadAllText(json);
        Assert.Contains("\"weightBits\": 4", text, StringComparison.Ordinal);
        File.WriteAllText(json, text.Replace("\"weightBits\": 4", "\"weightBits\": 5", StringComparison.Ordinal));
        Assert.Contains("'weightBits'", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(json, text.Replace("\"weightGroup\": 64", "\"weightGroup\": 2", StringComparison.Ordinal));
        Assert.Contains("_scale", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(path)).Message, StringComparison.Ordinal);
    }

    private static Sequential Llama() => TransformerNetworks.Llama(37, 12, 1, TransformerOptions.Llama with { Size = 24, Layers = 2, Heads = 2 });

    private static Sequential Gpt() => new([12], seed: 1, new TiedEmbedding(
        new Embedding(37, 24, paddingIndex: 0), new Chain(new LearnedPositions(12), new TransformerBlock(2, 48) { Causal = true }, new LayerNorm())));
}
