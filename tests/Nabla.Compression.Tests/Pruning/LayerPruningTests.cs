using Nabla.Layers;

namespace Nabla.Compression.Tests.Pruning;

public sealed class LayerPruningTests
{
    private static readonly Tensor Input = RandomKey.FromSeed(8).Normal([3, 4, 6]);

    [Fact]
    public void The_layers_that_change_least_go_and_the_others_keep_their_weights()
    {
        Sequential network = Network();
        network.Zero("1.attention.output.kernel", 0, [.. Enumerable.Range(0, 6)]);
        network.Zero("1.attention.output.bias", 0, [.. Enumerable.Range(0, 6)]);
        network.Zero("1.feedForward.down.kernel", 0, [.. Enumerable.Range(0, 5)]);
        network.Zero("1.feedForward.down.bias", 0, [.. Enumerable.Range(0, 6)]);
        network.Zero("chain.1.body.kernel", 0, [.. Enumerable.Range(0, 6)]);
        network.Zero("chain.1.body.bias", 0, [.. Enumerable.Range(0, 6)]);
        Tensor answer = network.Forward(Input);
        ShortenedNetwork shorter = LayerPruning.Apply(network, 0.6, candidate => (candidate.Forward(Input) - answer).Abs().Max().ToDouble());
        Assert.Equal(["1", "chain.1"], shorter.Removed.Order(StringComparer.Ordinal));
        Assert.InRange((shorter.Network.Forward(Input) - answer).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.Equal(["Dense", "TransformerBlock", "Chain", "LayerNorm", "Dense"], shorter.Network.Layers.Select(layer => layer.Kind));
        Assert.Equal((double)shorter.Network.Summary().MultiplyAdds / network.Summary().MultiplyAdds, shorter.Kept, 1e-9);
        Assert.Equal(network.Named("2.feedForward.up.kernel").Value.ToArray<float>(), shorter.Network.Named("1.feedForward.up.kernel").Value.ToArray<float>());
        Assert.Equal(network.Named("chain.2.kernel").Value.ToArray<float>(), shorter.Network.Named("chain.1.kernel").Value.ToArray<float>());
    }

    [Fact]
    public void A_branch_of_a_functional_network_goes_as_a_whole()
    {
        Sequential network = Branches();
        network.Zero("0.narrow.kernel", 0, [.. Enumerable.Range(0, 5)]);
        network.Zero("0.narrow.bias", 0, [.. Enumerable.Range(0, 6)]);
        Tensor answer = network.Forward(Input);
        ShortenedNetwork shorter = LayerPruning.Apply(network, 0.9, candidate => (candidate.Forward(Input) - answer).Abs().Max().ToDouble());
        Assert.Equal(["0.narrow"], shorter.Removed);
        Assert.InRange((shorter.Network.Forward(Input) - answer).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.Equal((double)shorter.Network.Summary().MultiplyAdds / network.Summary().MultiplyAdds, shorter.Kept, 1e-9);
        string[] names = [.. shorter.Network.NamedParameters.Select(pair => pair.Key)];
        Assert.DoesNotContain(names, name => name.Contains("wide", StringComparison.Ordinal) || name.Contains("narrow", StringComparison.Ordinal));
        Assert.Equal(network.Named("0.6.kernel").Value.ToArray<float>(), shorter.Network.Named("0.3.kernel").Value.ToArray<float>());
        Assert.Equal(network.Named("0.8.attention.query.kernel").Value.ToArray<float>(), shorter.Network.Named("0.5.attention.query.kernel").Value.ToArray<float>());
    }

    [Fact]
    public void What_no_shortcut_leads_around_is_left_with_the_reason()
    {
        ShortenedNetwork shorter = LayerPruning.Apply(Branches(), 0.7, network => network.Forward(Input).Sum().ToDouble());
        Assert.Contains(new LeftLayer("0.1", "Dense", "no shortcut leads around it"), shorter.Left);
        Assert.DoesNotContain(shorter.Left, layer => layer.Name is "0.narrow" or "0.wide" or "0.8");
        Sequential only = new Sequential([4, 6], 1, OnlyABlock()).Shaken();
        Assert.Equal(
            new LeftLayer("0.1", "TransformerBlock", "without it nothing would be between the input and the output"),
            Assert.Single(LayerPruning.Apply(only, 1, _ => 0).Left));
        Sequential traced = new([4, 6], 1, GraphLayer.Trace(Network(), [4, 6]));
        Assert.Contains("it is a traced graph", Assert.Single(LayerPruning.Apply(traced, 1, _ => 0).Left).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.05, @"5\.00")]
    [InlineData(0.0004, @"0\.04")]
    public void A_share_that_cannot_be_reached_says_the_nearest(double keep, string share)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => LayerPruning.Apply(Network(), keep, _ => 0));
        Assert.Matches($@"cannot be shortened to {share} ?% of its multiply-adds: without all 3 layers that have a shortcut it is \d+\.\d ?%", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => LayerPruning.Apply(Network(), 0, _ => 0));
    }

    private static Sequential Network() => new Sequential(
        [4, 6],
        1,
        new Dense(6),
        new TransformerBlock(2, 5),
        new TransformerBlock(2, 5),
        new Chain(new Dense(6, ActivationKind.Tanh), new Residual(new Dense(6)), new Dense(6)) { Name = "chain" },
        new LayerNorm(),
        new Dense(2)).Shaken();

    // 1 Dense; 2, 3 a branch that 4 adds; 5, 6 another that 7 adds; 8 a block; 9 Dense.
    private static Sequential Branches()
    {
        LayerOutput input = Functional.Input();
        LayerOutput stem = input.Then(new Dense(6));
        LayerOutput narrow = stem.Then(new Dense(5, ActivationKind.Tanh) { Name = "wide" }, new Dense(6) { Name = "narrow" });
        LayerOutput first = Functional.Add(stem, narrow);
        LayerOutput second = Functional.Add(first.Then(new Dense(6, ActivationKind.Tanh), new Dense(6)), first);
        LayerOutput end = second.Then(new TransformerBlock(2, 5), new Dense(2));
        return new Sequential([4, 6], 1, new Functional(input, end)).Shaken();
    }

    private static Functional OnlyABlock()
    {
        LayerOutput input = Functional.Input();
        return new Functional(input, input.Then(new TransformerBlock(2, 5)));
    }
}
