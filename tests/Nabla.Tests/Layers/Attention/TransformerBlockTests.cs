using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers.Attention;

public sealed class TransformerBlockTests
{
    public static TheoryData<Layer> Kinds => new()
    {
        new TransformerBlock(2, 3),
        new TransformerBlock(2, 3) { NormFirst = false, Activation = ActivationKind.Tanh, Dropout = 0.2 },
        new TransformerBlock(2, 3) { HeadSize = 3, UseAttentionBias = false, NormEpsilon = 0.1 },
        Llama(),
        new FeedForward(3) { Dropout = 0.1 },
        new FeedForward(3, ActivationKind.Silu) { Gated = true, UseBias = false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shapes_and_gradients_are_right(Layer layer) => LayerCheck.Verify(layer, [3, 4], batch: 2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_block_is_the_sum_of_its_parts(bool normFirst)
    {
        TransformerBlock block = LayerCheck.Built(
            new TransformerBlock(2, 5) { NormFirst = normFirst, CrossAttention = true, Norm = TransformerNorm.RmsNorm }, [3, 4]);
        ForwardContext context = ForwardContext.Inference.WithMemory(new SequenceMemory(GradientCheck.Random([2, 6, 4], 2)));
        Tensor input = GradientCheck.Random([2, 3, 4], 1);
        Tensor x = input;
        foreach ((string part, string norm) in new[] { ("attention", "attentionNorm"), ("crossAttention", "crossNorm"), ("feedForward", "feedForwardNorm") })
        {
            x = normFirst ? x + Of(part, Of(norm, x)) : Of(norm, x + Of(part, x));
        }

        Assert.Equal(x.ToArray<double>(), block.Forward(input, context).ToArray<double>());

        Tensor Of(string name, Tensor value) => block.Children[name].Forward(value, context);
    }

    [Fact]
    public void A_gated_layer_is_the_product_of_two()
    {
        FeedForward layer = LayerCheck.Built(new FeedForward(5, ActivationKind.Silu) { Gated = true, UseBias = false }, [4]);
        Tensor x = GradientCheck.Random([3, 4], 1);
        IReadOnlyDictionary<string, Tensor> state = layer.State();
        Assert.Equal(["up.kernel", "gate.kernel", "down.kernel"], state.Keys);
        Tensor expected = (x.MatMul(state["gate.kernel"]).Silu() * x.MatMul(state["up.kernel"])).MatMul(state["down.kernel"]);
        Attended.AssertClose(expected.ToArray<double>(), layer.Forward(x).ToArray<double>());
    }

    [Fact]
    public void Steps_one_by_one_give_what_one_pass_over_all_gives()
    {
        TransformerBlock block = LayerCheck.Built(Llama(), [6, 4]);
        Tensor input = GradientCheck.Random([2, 6, 4], 1);
        Attended.AssertClose(block.Forward(input).ToArray<double>(), Attended.InParts(block, input, 1, 3, 1, 1).ToArray<double>());
    }

    [Fact]
    public void What_a_block_costs_is_the_sum_of_its_parts()
    {
        // Four products of 4 by 4 and the scores and means of 3 steps; two products of 4 by 5; two norms.
        Assert.Equal((3 * ((4 * 16) + (2 * 3 * 4))) + (3 * 2 * 20) + (2 * 12), new TransformerBlock(2, 5).MultiplyAdds([3, 4]));
    }

    [Fact]
    public void A_frozen_block_drops_nothing_and_learns_nothing()
    {
        TransformerBlock block = new(2, 5) { Dropout = 0.5 };
        block.Freeze();
        LayerCheck.Built(block, [3, 4]);
        Assert.Empty(block.TrainableParameters);
        Tensor input = GradientCheck.Random([2, 3, 4], 1);
        Assert.Equal(block.Forward(input).ToArray<double>(), block.Forward(input, LayerCheck.Training()).ToArray<double>());
        block.Unfreeze();
        Assert.NotEqual(block.Forward(input).ToArray<double>(), block.Forward(input, LayerCheck.Training()).ToArray<double>());
    }

    [Fact]
    public void Wrong_sizes_and_inputs_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerBlock(2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TransformerBlock(2, 3) { Dropout = 1 });
        LayerCheck.Refuses<ArgumentException>("features that 3 heads divide", () => new TransformerBlock(3, 4).Build([5, 4], RandomKey.FromSeed(1)));
        LayerCheck.Refuses<InvalidOperationException>("has no parameters yet", () => new TransformerBlock(2, 4).Forward(Tensor.Ones([1, 3, 4])));
        LayerCheck.Refuses<ArgumentException>("expects [batch, ..., 4] but got [batch, 5]", () => LayerCheck.Built(new FeedForward(3), [4]).OutputShape([5]));
    }

    private static TransformerBlock Llama() => new(2, 3)
    {
        Causal = true,
        KeyValueHeads = 1,
        Positions = AttentionPositions.Rotary,
        RotaryTheta = 50,
        Norm = TransformerNorm.RmsNorm,
        Activation = ActivationKind.Silu,
        Gated = true,
        UseBias = false,
    };
}
