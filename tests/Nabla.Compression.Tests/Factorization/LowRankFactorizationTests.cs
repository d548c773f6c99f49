using Nabla.Compression.Tests.Pruning;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Compression.Tests.Factorization;

public sealed class LowRankFactorizationTests
{
    [Fact]
    public void Kernels_of_low_rank_become_two_layers_that_compute_the_same()
    {
        Sequential network = Network();
        Tensor input = RandomKey.FromSeed(2).Normal([2, 9, 9, 3]);
        FactorizedNetwork factorized = LowRankFactorization.Apply(network, new LowRankOptions { Energy = 0.999999 });
        Assert.InRange((factorized.Network.Forward(input) - network.Forward(input)).Abs().Max().ToDouble(), 0, 1e-4);
        Assert.Equal([("conv", 2), ("hidden", 3)], factorized.Layers.Select(layer => (layer.Name, layer.Rank)));
        Assert.Equal([3, 2, 3, 2], factorized.Network.Named("conv.0.kernel").Type.Shape);
        Assert.Equal([1, 1, 2, 8], factorized.Network.Named("conv.1.kernel").Type.Shape);
        Assert.Equal(network.Named("conv.bias").Value.ToArray<float>(), factorized.Network.Named("conv.1.bias").Value.ToArray<float>());
        Assert.Equal(network.Summary().MultiplyAdds - Saved(factorized), factorized.Network.Summary().MultiplyAdds);
        Assert.All(factorized.Layers, layer => Assert.InRange(layer.Energy, 0.999999, 1.0000001));
        FactorizedLayer convolution = factorized.Layers[0];
        Assert.Equal((5L * 4 * 18 * 8, 5L * 4 * 2 * (18 + 8)), (convolution.MultiplyAddsBefore, convolution.MultiplyAddsAfter));
    }

    [Fact]
    public void What_would_not_become_cheaper_is_left_and_says_why()
    {
        FactorizedNetwork factorized = LowRankFactorization.Apply(Network(), new LowRankOptions { Energy = 1, Targets = ["h*"] });
        Assert.Equal(["hidden"], factorized.Layers.Select(layer => layer.Name));
        Dictionary<string, string> reasons = factorized.Left.ToDictionary(left => left.Name, left => left.Reason);
        Assert.Equal("it was not chosen", reasons["conv"]);
        Assert.Equal("layers of kind DepthwiseConv2D are not factorised", reasons["1"]);
        Assert.Matches(@"^100 ?% of its energy needs rank 4, and only up to rank 3 anything is saved$", reasons["head"]);
    }

    [Fact]
    public void Layers_within_layers_are_found_and_those_that_layers_make_are_left()
    {
        LayerOutput sequence = Functional.Input();
        Sequential network = new Sequential(
            [4, 12], 1, new Functional(sequence, sequence.Then(new Residual(new Dense(12) { Name = "inner" }) { Name = "block" })) { Name = "net" }, new TransformerBlock(2, 6)).Shaken();
        LowRank(network, "net.block.body.kernel", 2);
        FactorizedNetwork factorized = LowRankFactorization.Apply(network, new LowRankOptions { Energy = 0.99999 });
        Assert.Equal(["net.block.body"], factorized.Layers.Select(layer => layer.Name));
        Assert.Contains(factorized.Left, left => left is { Name: "1.attention.query", Reason: "TransformerBlock '1' makes it by itself" });
        Tensor input = RandomKey.FromSeed(2).Normal([2, 4, 12]);
        Assert.InRange((factorized.Network.Forward(input) - network.Forward(input)).Abs().Max().ToDouble(), 0, 1e-4);
    }

    [Fact]
    public void A_factorised_network_is_saved_and_loaded()
    {
        using TemporaryFolder folder = new();
        Sequential network = LowRankFactorization.Apply(Network(), new LowRankOptions { Energy = 0.9 }).Network;
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        Tensor input = RandomKey.FromSeed(2).Normal([2, 9, 9, 3]);
        Assert.Equal(network.Forward(input).ToArray<float>(), ModelFolder.Load(folder.File("model")).Network.Forward(input).ToArray<float>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_of_energy_out_of_range_is_refused(double energy) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LowRankOptions { Energy = energy });

    private static long Saved(FactorizedNetwork factorized) => factorized.Layers.Sum(layer => layer.MultiplyAddsBefore - layer.MultiplyAddsAfter);

    private static Sequential Network()
    {
        Sequential network = new Sequential(
            [9, 9, 3],
            1,
            new Conv2D(8, new Size2D(3, 2), ActivationKind.Relu, stride: 2, padding: new Padding(1, 1, 0, 0)) { Name = "conv" },
            new DepthwiseConv2D(2),
            new Flatten(),
            new Dense(20, ActivationKind.Tanh) { Name = "hidden", UseBias = false },
            new Dense(4) { Name = "head" }).Shaken();
        LowRank(network, "conv.kernel", 2);
        LowRank(network, "hidden.kernel", 3);
        return network;
    }

    // A kernel whose columns are sums of a few.
    private static void LowRank(Sequential network, string name, int rank)
    {
        Parameter kernel = network.Named(name);
        int outputs = kernel.Type.Shape[-1];
        int inputs = kernel.Type.Shape.ElementCount / outputs;
        Tensor product = RandomKey.FromSeed(6).Normal([inputs, rank]).MatMul(RandomKey.FromSeed(7).Normal([rank, outputs]));
        kernel.Value = (product * 0.3).Reshape(kernel.Type.Shape.AsSpan());
    }
}
