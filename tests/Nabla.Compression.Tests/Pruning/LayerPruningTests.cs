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
    public void A_share_that_cannot_be_reached_says_the_nearest()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => LayerPruning.Apply(Network(), 0.05, _ => 0));
        Assert.Matches(@"cannot be shortened to 5\.0 ?% of its multiply-adds: without all 3 layers that have a shortcut it is \d+\.\d ?%", error.Message);
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
}
