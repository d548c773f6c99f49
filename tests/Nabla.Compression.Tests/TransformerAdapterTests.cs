using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests;

public sealed class TransformerAdapterTests
{
    private const int Tokens = 11;
    private static readonly Tensor Input = Tensor.From([.. Enumerable.Range(0, 24).Select(index => index * 7 % Tokens)], [4, 6]);

    [Fact]
    public void Bottlenecks_compute_nothing_until_they_learn()
    {
        Sequential network = Network();
        TransformerAdapter adapter = TransformerAdapter.AddBottlenecks(network, size: 2);
        Assert.Equal(network.Forward(Input).ToArray<float>(), adapter.Network.Forward(Input).ToArray<float>());
        Assert.Equal(2 * 2 * ((8 * 2) + 2 + (2 * 8) + 8), adapter.TrainableCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_learnt_leaves_the_base_alone_and_is_put_on_it_again(bool isPrefix)
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        float[] before = network.Forward(Input).ToArray<float>();
        TransformerAdapter adapter = Add(network, isPrefix);
        Train(adapter.Network);
        float[] learnt = adapter.Network.Forward(Input).ToArray<float>();
        Assert.NotEqual(before, learnt);
        Assert.Equal(before, network.Forward(Input).ToArray<float>());
        Assert.Same(network.State().Values.First(), adapter.Network.State()[network.State().Keys.First()]);
        adapter.Save(folder.File("adapter"));
        Assert.Equal(learnt, TransformerAdapter.Load(folder.File("adapter"), Network()).Network.Forward(Input).ToArray<float>());
        ModelFolder.Save(folder.File("model"), new SavedModel("adapted", adapter.Network) { Task = Data.PredictionTask.LanguageModel });
        Assert.Equal(learnt, ModelFolder.Load(folder.File("model")).Network.Forward(Input).ToArray<float>());
    }

    // Row by row the key of the first layer, its value, the key of the second, as PEFT views the matrix.
    [Fact]
    public void Prefixes_are_laid_out_as_peft_reads_them()
    {
        using TemporaryFolder folder = new();
        TransformerAdapter adapter = TransformerAdapter.AddPrefix(Network(), length: 3);
        adapter.Save(folder.File("adapter"));
        Tensor matrix = Safetensors.Read(folder.File("adapter/adapter_model.safetensors"))["prompt_embeddings"];
        Assert.Equal([3, 2 * 2 * 8], matrix.Shape);
        IReadOnlyDictionary<string, Tensor> state = adapter.Network.State();
        string[] names = [.. state.Keys.Where(name => name.Contains("prefix", StringComparison.Ordinal))];
        Assert.Equal(4, names.Length);
        for (int part = 0; part < 4; part++)
        {
            Assert.EndsWith(part % 2 == 0 ? "prefixKeys" : "prefixValues", names[part], StringComparison.Ordinal);
            Assert.Equal(state[names[part]].Reshape(3, 8).ToArray<float>(), matrix.Slice(1, part * 8, 8).ToArray<float>());
        }

        System.Text.Json.JsonElement configuration = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.File("adapter/adapter_config.json"))).RootElement;
        Assert.Equal("PREFIX_TUNING", configuration.GetProperty("peft_type").GetString());
        Assert.Equal(
            [3, 2, 2, 8],
            new[] { "num_virtual_tokens", "num_layers", "num_attention_heads", "token_dim" }.Select(name => configuration.GetProperty(name).GetInt32()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_adapter_of_another_base_names_the_first_difference(bool isPrefix)
    {
        using TemporaryFolder folder = new();
        Add(Network(), isPrefix).Save(folder.File("adapter"));
        Assert.Contains("holds other numbers", Fails(Network(seed: 2)), StringComparison.Ordinal);
        Assert.Contains("no layers of a Transformer", Fails(new Sequential([4], 1, new Dense(2))), StringComparison.Ordinal);
        Sequential more = new([6], 9, new TiedEmbedding(new Embedding(Tokens, 16), new TransformerBlock(2, 12)));
        Assert.Contains("for another base", Fails(more), StringComparison.Ordinal);

        string Fails(Sequential network) => Assert.Throws<InvalidFileException>(() => TransformerAdapter.Load(folder.File("adapter"), network)).Message;
    }

    [Theory]
    [InlineData("""{"peft_type": "IA3"}""", "expected peft_type PREFIX_TUNING or BOTTLENECK, got IA3")]
    [InlineData("""{"peft_type": "PREFIX_TUNING"}""", "expected num_virtual_tokens of 1 or more, got none")]
    [InlineData("""{"peft_type": "PREFIX_TUNING", "num_virtual_tokens": 2000000000}""", "expected tensors with an axis of 2000000000")]
    [InlineData("""{"peft_type": "PREFIX_TUNING", "num_virtual_tokens": 3, "prefix_projection": true}""", "expected prefix_projection false")]
    [InlineData("""{"peft_type": "BOTTLENECK", "bottleneck_size": 0}""", "expected bottleneck_size of 1 or more, got 0")]
    public void Bad_configurations_say_what_is_wrong(string json, string problem)
    {
        using TemporaryFolder folder = new();
        Add(Network(), isPrefix: true).Save(folder.File("adapter"));
        folder.Write("adapter/adapter_config.json", json);
        Assert.Contains(
            problem, Assert.Throws<InvalidFileException>(() => TransformerAdapter.Load(folder.File("adapter"), Network())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_takes_adapters_once()
    {
        TransformerAdapter adapter = Add(Network(), isPrefix: false);
        Assert.Contains("carries adapters already", Assert.Throws<ArgumentException>(() => Add(adapter.Network, isPrefix: false)).Message, StringComparison.Ordinal);
    }

    private static TransformerAdapter Add(Sequential network, bool isPrefix) =>
        isPrefix ? TransformerAdapter.AddPrefix(network, length: 3) : TransformerAdapter.AddBottlenecks(network, size: 2);

    private static Sequential Network(long seed = 1) => new(
        [6],
        seed,
        new TiedEmbedding(
            new Embedding(Tokens, 8),
            new Chain(new TransformerBlock(2, 12) { Causal = true }, new TransformerBlock(2, 12) { Causal = true, Positions = AttentionPositions.Rotary })));

    private static void Train(Sequential network) => new Trainer(network, new SparseCategoricalCrossEntropy(fromLogits: true), new Adam(0.05)).Fit(
        Input, (Input + 1) - (((Input + 1) / Tokens) * Tokens), new FitOptions { Epochs = 5, BatchSize = 2 }, cancellationToken: TestContext.Current.CancellationToken);
}
