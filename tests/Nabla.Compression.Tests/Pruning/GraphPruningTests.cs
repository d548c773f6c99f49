using Nabla.Layers;

namespace Nabla.Compression.Tests.Pruning;

/// <summary>Networks that are graphs of ops become smaller graphs that compute what the larger one did, when what is gone was zero.</summary>
public sealed class GraphPruningTests
{
    [Fact]
    public void The_graph_of_a_convolutional_network_loses_what_its_layers_would_lose()
    {
        Sequential layers = new Sequential(
            [7, 7, 2],
            1,
            new Conv2D(6, 3, padding: Padding.Same) { UseBias = false, Name = "stem" },
            new BatchNorm { Name = "norm" },
            new Activation(ActivationKind.Relu),
            new Residual(new Chain(new Conv2D(5, 3, ActivationKind.Relu, padding: Padding.Same), new Conv2D(6, 1)), activation: ActivationKind.Relu) { Name = "block" },
            new DepthwiseConv2D(3) { Name = "depthwise" },
            new MaxPool2D(2),
            new Concatenated(new Chain(), new Conv2D(3, 1) { Name = "more" }) { Name = "both" },
            new Flatten(),
            new Dense(6, ActivationKind.Gelu) { Name = "hidden" },
            new Dense(3, ActivationKind.Softmax) { Name = "head" }).Shaken();
        layers.Zero("stem.kernel", 3, 1, 4);
        layers.Zero("norm.scale", 0, 1, 4);
        layers.Zero("norm.bias", 0, 1, 4);
        layers.Zero("block.body.1.kernel", 3, 1, 4);
        layers.Zero("block.body.1.bias", 0, 1, 4);
        layers.Zero("block.body.0.kernel", 3, 2);
        layers.Zero("block.body.0.bias", 0, 2);
        layers.Zero("depthwise.bias", 0, 1, 4);
        layers.Zero("both.more.kernel", 3, 0);
        layers.Zero("both.more.bias", 0, 0);
        layers.Zero("hidden.kernel", 1, 5);
        layers.Zero("hidden.bias", 0, 5);
        Sequential smaller = Smaller(layers);
        Assert.Equal([3, 3, 2, 4], smaller.Named("0.stem.kernel").Type.Shape);
        Assert.Equal([4], smaller.Named("0.norm.variance").Type.Shape);
        Assert.Equal([3, 3, 4, 4], smaller.Named("0.block.body.0.kernel").Type.Shape);
        Assert.Equal([3, 3, 4, 1], smaller.Named("0.depthwise.kernel").Type.Shape);
        Assert.Equal([1, 1, 4, 2], smaller.Named("0.both.more.kernel").Type.Shape);
        Assert.Equal(5, smaller.Named("0.hidden.kernel").Type.Shape[1]);
    }

    [Fact]
    public void The_graph_of_a_transformer_loses_feed_forward_units_alone()
    {
        Sequential layers = new Sequential([5], 1, new Embedding(9, 8), new TransformerBlock(2, 6) { Name = "block" }, new Dense(3) { Name = "head" }).Shaken();
        layers.Zero("block.feedForward.up.kernel", 1, 2, 3);
        layers.Zero("block.feedForward.up.bias", 0, 2, 3);
        Sequential smaller = Smaller(layers, DataType.Int32);
        Assert.Equal([8, 4], smaller.Named("0.block.feedForward.up.kernel").Type.Shape);
        Assert.Equal([4, 8], smaller.Named("0.block.feedForward.down.kernel").Type.Shape);
        Assert.Equal([8, 8], smaller.Named("0.block.attention.query.kernel").Type.Shape);
    }

    // Takes away what is zero, and compares.
    private static Sequential Smaller(Sequential layers, DataType type = DataType.Float32)
    {
        Sequential network = new(layers.InputShape, 1, GraphLayer.Trace(layers, layers.InputShape, type));
        Tensor given = type == DataType.Int32 ? Tensor.From([1, 2, 3, 4, 5, 8, 0, 1, 2, 2], [2, 5]) : RandomKey.FromSeed(3).Normal([3, .. layers.InputShape]);
        ChannelAnalysis analysis = ChannelAnalysis.Of(network);
        HashSet<int> gone = [.. new ChannelScores(network, analysis).Of(ChannelImportance.L1, null).Where(pair => pair.Value == 0).Select(pair => pair.Key)];
        Sequential smaller = new ChannelPlan(network, analysis, multipleOf: 1).Build(gone);
        Assert.True(smaller.ParameterCount < network.ParameterCount);
        Assert.InRange((layers.Forward(given) - smaller.Forward(given)).Abs().Max().ToDouble(), 0, 1e-5);
        return smaller;
    }
}
