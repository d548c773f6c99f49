using Nabla.Layers;

namespace Nabla.Compression.Tests.Pruning;

/// <summary>
/// Channels whose numbers are all zero are taken away, and the smaller network computes what the larger one did: then nothing too much and nothing too little is gone.
/// </summary>
public sealed class ChannelRemovalTests
{
    [Fact]
    public void Filters_go_through_pooling_and_flattening_into_dense_units()
    {
        Sequential network = Image(
            new Conv2D(5, 3, ActivationKind.Relu), new MaxPool2D(2), new Conv2D(4, 1), new Flatten(), new Dense(6, ActivationKind.Tanh), new Dense(3));
        network.Zero("0.kernel", 3, 1, 4);
        network.Zero("0.bias", 0, 1, 4);
        network.Zero("2.kernel", 3, 0);
        network.Zero("2.bias", 0, 0);
        network.Zero("4.kernel", 1, 5);
        network.Zero("4.bias", 0, 5);
        Sequential smaller = Smaller(network);
        Assert.Equal([3, 3, 2, 3], smaller.Named("0.kernel").Type.Shape);
        Assert.Equal([1, 1, 3, 3], smaller.Named("2.kernel").Type.Shape);
        Assert.Equal([2 * 2 * 3, 5], smaller.Named("4.kernel").Type.Shape);
        Assert.Equal([5, 3], smaller.Named("5.kernel").Type.Shape);
    }

    [Fact]
    public void A_residual_addition_gives_all_that_it_adds_the_same_channels()
    {
        Chain body = new(
            new Conv2D(5, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm(), new Activation(ActivationKind.Relu),
            new Conv2D(6, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm());
        Sequential network = Image(
            new Conv2D(6, 3, padding: Padding.Same) { UseBias = false, Name = "stem" },
            new BatchNorm { Name = "norm" },
            new Activation(ActivationKind.Relu),
            new Residual(body, activation: ActivationKind.Relu) { Name = "block" },
            new Residual(new Conv2D(6, 1), new Conv2D(6, 1) { Name = "projection" }) { Name = "second" },
            new GlobalAveragePool2D(),
            new Dense(2));
        ZeroNormalised(network, "stem", "norm", 1, 2);
        ZeroNormalised(network, "block.body.3", "block.body.4", 1, 2);
        ZeroNormalised(network, "block.body.0", "block.body.1", 0);
        Sequential smaller = Smaller(network);
        Assert.Equal([3, 3, 2, 4], smaller.Named("stem.kernel").Type.Shape);
        Assert.Equal([3, 3, 4, 4], smaller.Named("block.body.0.kernel").Type.Shape);
        Assert.Equal([3, 3, 4, 4], smaller.Named("block.body.3.kernel").Type.Shape);
        Assert.Equal([1, 1, 4, 6], smaller.Named("second.shortcut.kernel").Type.Shape);
    }

    [Fact]
    public void A_concatenation_keeps_the_channels_of_its_branches_apart()
    {
        LayerOutput image = Functional.Input();
        LayerOutput stem = image.Then(new Conv2D(4, 1) { Name = "stem" });
        LayerOutput one = stem.Then(new Conv2D(3, 3, padding: Padding.Same) { Name = "one" });
        LayerOutput both = Functional.Concatenate(-1, one, stem);
        LayerOutput sum = Functional.Add(both, stem.Then(new Conv2D(7, 1) { Name = "other" }));
        Sequential network = Image(new Functional(image, sum) { Name = "net" }, new Conv2D(2, 2) { Name = "head" }, new Flatten());
        network.Zero("net.one.kernel", 3, 2);
        network.Zero("net.one.bias", 0, 2);
        network.Zero("net.stem.kernel", 3, 1);
        network.Zero("net.stem.bias", 0, 1);
        network.Zero("net.other.kernel", 3, 2, 4);
        network.Zero("net.other.bias", 0, 2, 4);
        Sequential smaller = Smaller(network);
        Assert.Equal([3, 3, 3, 2], smaller.Named("net.one.kernel").Type.Shape);
        Assert.Equal([1, 1, 3, 5], smaller.Named("net.other.kernel").Type.Shape);
        Assert.Equal([2, 2, 5, 2], smaller.Named("head.kernel").Type.Shape);
    }

    [Fact]
    public void Branches_joined_by_layers_of_their_own_fit_too()
    {
        Sequential network = Image(
            new Conv2D(4, 1, ActivationKind.Relu) { Name = "stem" },
            new Concatenated(new Chain(), new Conv2D(3, 3, padding: Padding.Same) { Name = "three" }) { Name = "both" },
            new Multiplied(new Conv2D(5, 1) { Name = "value" }, new Conv2D(5, 1, ActivationKind.Tanh) { Name = "gate" }) { Name = "gated" },
            new GlobalMaxPool2D(),
            new Dense(2));
        foreach ((string layer, int channel) in new[] { ("stem", 3), ("both.three", 0), ("gated.value", 2), ("gated.gate", 2) })
        {
            network.Zero($"{layer}.kernel", 3, channel);
            network.Zero($"{layer}.bias", 0, channel);
        }

        Sequential smaller = Smaller(network);
        Assert.Equal([1, 1, 5, 4], smaller.Named("gated.value.kernel").Type.Shape);
    }

    [Fact]
    public void Depthwise_separable_and_grouped_convolutions_follow()
    {
        Sequential network = Image(
            new Conv2D(4, 1, ActivationKind.Relu),
            new DepthwiseConv2D(3, multiplier: 2, padding: Padding.Same),
            new PRelu(),
            new SeparableConv2D(5, 3, multiplier: 2),
            new Conv2D(5, 3, padding: Padding.Same, groups: 5),
            new Conv2DTranspose(3, 2, stride: 2),
            new GlobalAveragePool2D(),
            new Dense(2));
        network.Zero("0.kernel", 3, 2);
        network.Zero("0.bias", 0, 2);
        network.Zero("1.bias", 0, 4, 5);
        network.Zero("3.pointwise_kernel", 3, 1);
        network.Zero("3.bias", 0, 1);
        network.Zero("4.bias", 0, 1);
        network.Zero("5.kernel", 2, 0);
        network.Zero("5.bias", 0, 0);
        Sequential smaller = Smaller(network);
        Assert.Equal([3, 3, 3, 2], smaller.Named("1.kernel").Type.Shape);
        Assert.Equal([3, 3, 6, 2], smaller.Named("3.depthwise_kernel").Type.Shape);
        Assert.Equal([3, 3, 1, 4], smaller.Named("4.kernel").Type.Shape);
        Assert.Equal([2, 2, 2, 4], smaller.Named("5.kernel").Type.Shape);
    }

    [Theory]
    [InlineData(4, null, false)]
    [InlineData(4, 2, true)]
    public void Heads_and_units_of_a_transformer_go_and_its_vectors_stay(int heads, int? keyHeads, bool gated)
    {
        TransformerBlock block = new(heads, hidden: 6) { KeyValueHeads = keyHeads, Gated = gated, Name = "block", Causal = true };
        Sequential network = new Sequential(
            [5], 1, new Embedding(9, 8) { Name = "embedding" }, new LearnedPositions(5), block, new LayerNorm(), new Dense(3) { Name = "head" }).Shaken();
        int shared = keyHeads ?? heads;
        int[] keys = Columns(1, 2);
        int[] queries = Columns(heads / shared, 2 * (heads / shared));
        foreach ((string product, int[] places) in new[] { ("query", queries), ("key", keys), ("value", keys) })
        {
            network.Zero($"block.attention.{product}.kernel", 1, places);
            network.Zero($"block.attention.{product}.bias", 0, places);
        }

        foreach (string product in gated ? new[] { "up", "gate" } : ["up"])
        {
            network.Zero($"block.feedForward.{product}.kernel", 1, 0, 3);
            network.Zero($"block.feedForward.{product}.bias", 0, 0, 3);
        }

        Sequential smaller = Smaller(network, Tensor.From([1, 2, 3, 4, 5, 8, 0, 1, 2, 2], [2, 5]));
        Assert.Equal([8, 2 * (heads - (heads / shared))], smaller.Named("block.attention.query.kernel").Type.Shape);
        Assert.Equal([8, 2 * (shared - 1)], smaller.Named("block.attention.key.kernel").Type.Shape);
        Assert.Equal([4, 8], smaller.Named("block.feedForward.down.kernel").Type.Shape);

        // The columns of heads from one to, not including, another; a head has two.
        static int[] Columns(int from, int to) => [.. Enumerable.Range(2 * from, 2 * (to - from))];
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void Units_of_recurrent_layers_go_with_their_gates(string kind)
    {
        RecurrentLayer Layer() => kind switch
        {
            "lstm" => new Lstm(4) { ReturnSequences = true },
            "gru" => new Gru(4) { ReturnSequences = true },
            _ => new SimpleRnn(4) { ReturnSequences = true },
        };
        Sequential network = new Sequential([6, 3], 1, new Conv1D(5, 2), new Bidirectional(Layer()), new GlobalMaxPool1D(), new Dense(2)).Shaken();
        network.Zero("0.kernel", 2, 0);
        network.Zero("0.bias", 0, 0);
        int gates = network.Named("1.forward.kernel").Type.Shape[1] / 4;
        foreach (string parameter in new[] { "kernel", "recurrentKernel", "bias", "recurrentBias" }.Where(name => network.State().ContainsKey($"1.forward.{name}")))
        {
            network.Zero($"1.forward.{parameter}", network.Named($"1.forward.{parameter}").Type.Shape.Rank - 1, [.. Enumerable.Range(0, gates).Select(gate => (4 * gate) + 2)]);
        }

        Sequential smaller = Smaller(network, RandomKey.FromSeed(2).Normal([3, 6, 3]));
        Assert.Equal([4, 3 * gates], smaller.Named("1.forward.kernel").Type.Shape);
        Assert.Equal([4, 4 * gates], smaller.Named("1.backward.kernel").Type.Shape);
        Assert.Equal([7, 2], smaller.Named("3.kernel").Type.Shape);
    }

    [Fact]
    public void What_normalises_over_channels_and_what_is_unknown_keeps_them()
    {
        Sequential network = Image(
            new Conv2D(4, 3) { Name = "normalised" },
            new GroupNorm(2),
            new Conv2D(4, 3) { Name = "grouped" },
            new Conv2D(6, 1, groups: 2) { Name = "groups" },
            new Flatten(),
            new Dense(5, ActivationKind.Softmax) { Name = "gate" },
            new Dense(3) { Name = "head" });
        PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 1 });
        Assert.Empty(pruned.Layers);
        Dictionary<string, string> reasons = pruned.Left.ToDictionary(left => left.Name, left => left.Reason);
        Assert.Equal(["gate", "grouped", "groups", "head", "normalised"], reasons.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("GroupNorm '1' behind it computes with all channels of a row together", reasons["normalised"]);
        Assert.Equal("Conv2D 'groups' behind it has 2 groups", reasons["grouped"]);
        Assert.Equal("its 2 groups would have to lose as many channels each", reasons["groups"]);
        Assert.Equal("the softmax of Dense 'gate' computes with all channels of a row together", reasons["gate"]);
        Assert.Equal("its channels are the answers of the network", reasons["head"]);
    }

    private static Sequential Image(params Layer[] layers) => new Sequential([7, 7, 2], 1, layers).Shaken();

    private static void ZeroNormalised(Sequential network, string convolution, string norm, params int[] channels)
    {
        network.Zero($"{convolution}.kernel", 3, channels);
        network.Zero($"{norm}.scale", 0, channels);
        network.Zero($"{norm}.bias", 0, channels);
        network.Zero($"{norm}.mean", 0, channels);
    }

    // Takes away what is zero, and compares.
    private static Sequential Smaller(Sequential network, Tensor? input = null)
    {
        Tensor given = input ?? RandomKey.FromSeed(3).Normal([3, .. network.InputShape]);
        ChannelAnalysis analysis = ChannelAnalysis.Of(network);
        HashSet<int> gone = [.. new ChannelScores(network, analysis).Of(ChannelImportance.L1, null).Where(pair => pair.Value == 0).Select(pair => pair.Key)];
        ChannelPlan plan = new(network, analysis, multipleOf: 1);
        Sequential smaller = plan.Build(gone);
        Assert.True(smaller.ParameterCount < network.ParameterCount);
        Assert.Equal(smaller.ParameterCount, plan.Parameters(gone));
        Assert.Equal(smaller.Summary().MultiplyAdds, plan.MultiplyAdds(gone));
        Assert.InRange((network.Forward(given) - smaller.Forward(given)).Abs().Max().ToDouble(), 0, 1e-5);
        return smaller;
    }
}
