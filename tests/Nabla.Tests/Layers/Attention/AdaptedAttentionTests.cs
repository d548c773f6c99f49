using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers.Attention;

public sealed class AdaptedAttentionTests
{
    public static TheoryData<Layer> Kinds => new()
    {
        new MultiHeadAttention(2) { PrefixLength = 3 },
        new MultiHeadAttention(2) { PrefixLength = 2, Causal = true, KeyValueHeads = 1, AdapterSize = 3 },
        new FeedForward(5) { AdapterSize = 2 },
        new TransformerBlock(2, 5) { PrefixLength = 1, AdapterSize = 2, Positions = AttentionPositions.Rotary },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shapes_and_gradients_are_right(Layer layer) => LayerCheck.Verify(layer, [3, 4], batch: 2);

    // What Li and Liang write: the softmax runs over the prefix and the sequence together, in plain loops.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prefixes_are_seen_by_each_step_before_the_sequence(bool causal)
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(1) { PrefixLength = 2, Causal = causal }, [3, 4]);
        Tensor input = GradientCheck.Random([1, 3, 4], 1);
        IReadOnlyDictionary<string, Tensor> state = layer.State();
        double[][] queries = Rows(Product("query"));
        double[][] keys = [.. Rows(state["prefixKeys"].Reshape(2, 4)), .. Rows(Product("key"))];
        double[][] values = [.. Rows(state["prefixValues"].Reshape(2, 4)), .. Rows(Product("value"))];
        double[] means = new double[12];
        for (int step = 0; step < 3; step++)
        {
            int seen = causal ? 2 + step + 1 : 5;
            double[] powers = [.. keys.Take(seen).Select(key => Math.Exp(key.Zip(queries[step]).Sum(pair => pair.First * pair.Second) / 2))];
            for (int feature = 0; feature < 4; feature++)
            {
                means[(step * 4) + feature] = powers.Zip(values).Sum(pair => pair.First * pair.Second[feature]) / powers.Sum();
            }
        }

        double[] expected = (Tensor.From(means, [3, 4]).MatMul(state["output.kernel"]) + state["output.bias"]).ToArray<double>();
        Attended.AssertClose(expected, layer.Forward(input).ToArray<double>());

        Tensor Product(string part) => input[0].MatMul(state[$"{part}.kernel"]) + state[$"{part}.bias"];
    }

    [Fact]
    public void Steps_one_by_one_see_the_prefix_as_one_pass_over_all_does()
    {
        MultiHeadAttention layer = LayerCheck.Built(
            new MultiHeadAttention(4) { Causal = true, KeyValueHeads = 2, Positions = AttentionPositions.Rotary, PrefixLength = 3 }, [6, 8]);
        Tensor input = GradientCheck.Random([2, 6, 8], 1);
        Attended.AssertClose(layer.Forward(input).ToArray<double>(), Attended.InParts(layer, input, 3, 1, 2).ToArray<double>());
    }

    private static double[][] Rows(Tensor matrix) => [.. Enumerable.Range(0, matrix.Shape[0]).Select(row => matrix[row].ToArray<double>())];
}
