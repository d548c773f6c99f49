using System.IO.Compression;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using PureHDF;
using PureHDF.VOL.Native;

namespace Nabla.Keras.Tests;

public sealed class SavingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("cnn")]
    [InlineData("rnn")]
    [InlineData("sequence")]
    [InlineData("graph")]
    [InlineData("newer")]
    public void A_model_that_was_written_gives_what_it_gave(string name)
    {
        SavedModel model = KerasFile.Load(Golden.PathOf($"{name}.keras"));
        KerasFile.Save(folder.File("written.keras"), model);
        SavedModel copy = KerasFile.Load(folder.File("written.keras"));
        Assert.Equal(model.Name, copy.Name);
        Golden.Verify(name, copy.Network);
        KerasFile.Save(folder.File("again.keras"), copy);
        Assert.Equal(File.ReadAllBytes(folder.File("written.keras")), File.ReadAllBytes(folder.File("again.keras")));
    }

    /// <summary>Another reader of HDF5 finds the weights where Keras looks for them.</summary>
    [Fact]
    public void Another_program_reads_the_weights()
    {
        SavedModel model = KerasFile.Load(Golden.PathOf("graph.keras"));
        KerasFile.Save(folder.File("graph.keras"), model);
        using NativeFile written = H5File.Open(WeightsOf(folder.File("graph.keras")));
        using NativeFile original = H5File.Open(WeightsOf(Golden.PathOf("graph.keras")));
        foreach (string path in new[] { "conv2d/vars/0", "conv2d_1/vars/1", "batch_normalization/vars/3", "p_re_lu/vars/0", "dense/vars/0" })
        {
            IH5Dataset expected = original.Dataset($"layers/{path}");
            IH5Dataset actual = written.Dataset($"layers/{path}");
            Assert.Equal(expected.Space.Dimensions, actual.Space.Dimensions);
            Assert.Equal(expected.Read<float[]>(), actual.Read<float[]>());
        }

        Assert.True(written.LinkExists("vars"));
    }

    [Fact]
    public void Layers_of_another_writer_are_read()
    {
        SavedModel model = KerasFile.Load(Golden.PathOf("cnn.keras"));
        IReadOnlyDictionary<string, Tensor> state = model.Network.State();
        H5Group layers = [];
        H5File file = new() { ["vars"] = new H5Group(), ["layers"] = layers };
        foreach ((string name, string prefix, string[] parameters) in new[]
        {
            ("conv2d", "conv", new[] { "kernel", "bias" }), ("batch_normalization", "norm", ["scale", "bias", "mean", "variance"]),
            ("depthwise_conv2d", "depthwise", ["kernel", "bias"]), ("separable_conv2d", "separable", ["depthwise_kernel", "pointwise_kernel", "bias"]),
            ("conv2d_transpose", "transposed_same", ["kernel", "bias"]), ("conv2d_transpose_1", "transposed_valid", ["kernel", "bias"]),
        })
        {
            H5Group variables = [];
            for (int index = 0; index < parameters.Length; index++)
            {
                Tensor value = state[$"{prefix}.{parameters[index]}"];
                variables[$"{index}"] = new H5Dataset(value.ToArray<float>(), fileDims: [.. value.Shape.Select(size => (ulong)size)]);
            }

            layers[name] = new H5Group { ["vars"] = variables };
        }

        file.Write(folder.File("other.weights.h5"));
        Sequential fresh = Refreshed(model.Network);
        KerasFile.LoadWeights(folder.File("other.weights.h5"), fresh);
        Golden.Verify("cnn", fresh);
    }

    [Theory]
    [InlineData("cnn-weights.h5")]
    [InlineData("cnn.h5")]
    [InlineData("cnn.keras")]
    public void Weights_alone_go_into_a_network_of_the_same_layers(string file)
    {
        Sequential network = Refreshed(KerasFile.Load(Golden.PathOf("cnn.keras")).Network);
        KerasFile.LoadWeights(Golden.PathOf(file), network);
        Golden.Verify("cnn", network);
    }

    [Fact]
    public void Weights_of_other_layers_are_refused_and_nothing_changes()
    {
        Sequential network = new([4], seed: 1, new Dense(2));
        float[] before = network.State()["0.kernel"].ToArray<float>();
        Assert.Contains("expected the weights of the 1 layers 'dense'", Refused("cnn-weights.h5", network), StringComparison.Ordinal);
        Assert.Contains("groups of weights '/layers/dense'", Refused("cnn.keras", network), StringComparison.Ordinal);
        Assert.Equal(before, network.State()["0.kernel"].ToArray<float>());
        Sequential narrow = new([9, 8, 2], seed: 1, new Conv2D(5, (3, 2)));
        Assert.Contains("expected weights for '0.kernel' [3, 2, 2, 5], got [3, 2, 2, 4]", Refused("cnn.keras", new Sequential([9, 8, 2], 1, new Conv2D(5, (3, 2)), new BatchNorm(), new DepthwiseConv2D(3), new SeparableConv2D(6, 3), new Conv2DTranspose(3, 3), new Conv2DTranspose(3, 2))), StringComparison.Ordinal);
        Assert.Equal([3, 2, 2, 5], narrow.State()["0.kernel"].Shape);
    }

    [Fact]
    public void Blocks_are_laid_open_as_a_graph_of_layers()
    {
        Sequential network = new(
            [6, 6, 3],
            seed: 3,
            new Conv2D(4, 3, ActivationKind.LeakyRelu, padding: 1) { Name = "stem" },
            new Residual(new Chain(new Conv2D(4, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm()), activation: ActivationKind.Relu) { Name = "block" },
            new Concatenated(new Conv2D(2, 1), new Chain(), new Chain(new MaxPool2D(3, 1, Padding.Same), new Conv2D(2, 1, ActivationKind.Silu))),
            new GlobalAveragePool2D(),
            new Added(new Dense(3), new Dense(3, ActivationKind.Tanh)),
            new Multiplied(new Dense(5), new Dense(5, ActivationKind.Sigmoid)));
        Tensor input = RandomKey.FromSeed(2).Normal([2, 6, 6, 3], 0, 1);
        KerasFile.Save(folder.File("blocks.keras"), new SavedModel("blocks", network));
        JsonNode config = ConfigOf(folder.File("blocks.keras"));
        Assert.Equal("Functional", config["class_name"]!.GetValue<string>());
        Sequential copy = KerasFile.Load(folder.File("blocks.keras")).Network;
        Assert.Equal(network.ParameterCount, copy.ParameterCount);
        Assert.All(network.Forward(input).ToArray<float>().Zip(copy.Forward(input).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Attention_and_recurrent_layers_come_back()
    {
        Sequential network = new(
            [5],
            seed: 3,
            new Embedding(7, 6),
            new Residual(new MultiHeadAttention(2) { Causal = true }),
            new LayerNorm(),
            new Bidirectional(new Gru(4) { ReturnSequences = true, UseBias = false }, BidirectionalMerge.Multiply),
            new Gru(3) { ReturnSequences = true, ResetAfter = false },
            new Lstm(3) { UseBias = false },
            new Dense(2, ActivationKind.Mish) { UseBias = false });
        Tensor tokens = Tensor.From([1, 2, 3, 4, 6, 0, 0, 5, 5, 1], [2, 5]);
        KerasFile.Save(folder.File("text.keras"), new SavedModel("text", network));
        Sequential copy = KerasFile.Load(folder.File("text.keras")).Network;
        Assert.All(network.Forward(tokens).ToArray<float>().Zip(copy.Forward(tokens).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Contains("use_causal_mask", ConfigOf(folder.File("text.keras")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Frozen_layers_stay_frozen()
    {
        Sequential network = new([3], seed: 1, new Dense(2) { Name = "first" }, new Dense(2));
        network.Layers[0].Freeze();
        KerasFile.Save(folder.File("frozen.keras"), new SavedModel("frozen", network));
        Sequential copy = KerasFile.Load(folder.File("frozen.keras")).Network;
        Assert.Equal(["first"], copy.Layers.Where(layer => layer.Frozen).Select(layer => layer.Name));
    }

    [Fact]
    public void What_Keras_does_not_have_is_named_at_once_and_nothing_is_written()
    {
        Sequential network = new(
            [4, 6], seed: 1, new SinusoidalPositions(), new TransformerBlock(2, 8) { Name = "block" }, new Dense(2, ActivationKind.GeluTanh) { Name = "head" });
        ArgumentException error = Assert.Throws<ArgumentException>(() => KerasFile.Save(folder.File("none.keras"), new SavedModel("none", network)));
        Assert.Contains("SinusoidalPositions '0'; TransformerBlock 'block'; Dense 'head' (an activation GeluTanh)", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("none.keras")));
        Assert.Throws<ArgumentException>(() => KerasFile.Save(folder.File("none.h5"), new SavedModel("none", new Sequential([2], 1, new Dense(1)))));
    }

    private static string Refused(string file, Sequential network) =>
        Assert.Throws<InvalidFileException>(() => KerasFile.LoadWeights(Golden.PathOf(file), network)).Message;

    // The same network with other weights.
    private static Sequential Refreshed(Sequential network)
    {
        network.Load(network.State().ToDictionary(pair => pair.Key, pair => pair.Value * 0.5 + 1));
        return network;
    }

    private static MemoryStream WeightsOf(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        using Stream content = archive.GetEntry("model.weights.h5")!.Open();
        MemoryStream bytes = new();
        content.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }

    private static JsonNode ConfigOf(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        using Stream content = archive.GetEntry("config.json")!.Open();
        return JsonNode.Parse(content)!;
    }
}
