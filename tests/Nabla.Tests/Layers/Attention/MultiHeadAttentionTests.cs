using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers.Attention;

public sealed class MultiHeadAttentionTests
{
    public static TheoryData<Layer> Kinds => new()
    {
        new MultiHeadAttention(2),
        new MultiHeadAttention(2) { Causal = true, KeyValueHeads = 1, UseBias = false },
        new MultiHeadAttention(1) { HeadSize = 6, Positions = AttentionPositions.Rotary, RotaryTheta = 20, Dropout = 0.3 },
        new MultiHeadAttention(4) { KeyValueHeads = 2, Positions = AttentionPositions.Alibi, Causal = true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shapes_and_gradients_are_right(Layer layer) => LayerCheck.Verify(layer, [3, 4], batch: 2);

    [Theory]
    [InlineData(3, 3, 2, false)]
    [InlineData(4, 2, 5, true)]
    [InlineData(6, 1, 1, false)]
    public void Attention_equals_the_naive_mean_of_values(int heads, int keyHeads, int size, bool causal)
    {
        const int Time = 5;
        const int Features = 7;
        MultiHeadAttention layer = LayerCheck.Built(
            new MultiHeadAttention(heads) { KeyValueHeads = keyHeads, HeadSize = size, Causal = causal }, [Time, Features]);
        Biased(layer);
        Tensor input = GradientCheck.Random([2, Time, Features], 1);
        Tensor found = layer.Forward(input, ForwardContext.Inference.WithLengths(Tensor.From(5, 3)));
        double[] expected = [.. Enumerable.Range(0, 2).SelectMany(sample => Naive(layer, input[sample], heads, keyHeads, size, sample == 0 ? 5 : 3, causal))];
        Attended.AssertClose(expected, found.ToArray<double>());
    }

    [Fact]
    public void Padding_changes_nothing()
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2), [6, 4]);
        Tensor alone = GradientCheck.Random([1, 4, 4], 1);
        Tensor filled = ShapeOps.Concatenate(1, alone, GradientCheck.Random([1, 2, 4], 2, -50, 50));
        Tensor found = layer.Forward(filled, ForwardContext.Inference.WithLengths(Tensor.From(4)));
        Attended.AssertClose(layer.Forward(alone).ToArray<double>(), found.Slice(1, 0, 4).ToArray<double>());
        Assert.NotEqual(layer.Forward(alone)[0, 0, 0].Item<double>(), layer.Forward(filled)[0, 0, 0].Item<double>(), 1e-3);
    }

    [Theory]
    [InlineData(AttentionPositions.None)]
    [InlineData(AttentionPositions.Rotary)]
    [InlineData(AttentionPositions.Alibi)]
    public void Later_steps_change_no_earlier_output_of_a_causal_layer(AttentionPositions positions)
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2) { Causal = true, Positions = positions }, [5, 4]);
        Tensor input = GradientCheck.Random([2, 5, 4], 1);
        Tensor changed = ShapeOps.Concatenate(1, input.Slice(1, 0, 3), GradientCheck.Random([2, 2, 4], 2));
        Attended.AssertClose(layer.Forward(input).Slice(1, 0, 3).ToArray<double>(), layer.Forward(changed).Slice(1, 0, 3).ToArray<double>());
        MultiHeadAttention seeing = LayerCheck.Built(new MultiHeadAttention(2) { Positions = positions }, [5, 4]);
        Assert.NotEqual(seeing.Forward(input)[0, 0, 0].Item<double>(), seeing.Forward(changed)[0, 0, 0].Item<double>(), 1e-4);
    }

    [Theory]
    [InlineData(AttentionPositions.None)]
    [InlineData(AttentionPositions.Rotary)]
    [InlineData(AttentionPositions.Alibi)]
    public void Steps_one_by_one_give_what_one_pass_over_all_gives(AttentionPositions positions)
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(4) { Causal = true, KeyValueHeads = 2, Positions = positions }, [6, 8]);
        Tensor input = GradientCheck.Random([2, 6, 8], 1);
        Attended.AssertClose(layer.Forward(input).ToArray<double>(), Attended.InParts(layer, input, 3, 1, 2).ToArray<double>());
    }

    [Fact]
    public void Cross_attention_looks_at_the_memory_and_keeps_it()
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2) { CrossAttention = true, MemorySize = 3 }, [4, 6]);
        Assert.Equal([3, 6], layer.State()["key.kernel"].Shape);
        Tensor input = GradientCheck.Random([2, 4, 6], 1);
        SequenceMemory memory = new(GradientCheck.Random([2, 5, 3], 2), Tensor.From(5, 2));
        Tensor whole = layer.Forward(input, ForwardContext.Inference.WithMemory(memory));
        SequenceMemory shorter = new(memory.Values.Slice(0, 1, 1).Slice(1, 0, 2));
        Attended.AssertClose(
            layer.Forward(input.Slice(0, 1, 1), ForwardContext.Inference.WithMemory(shorter)).ToArray<double>(), whole.Slice(0, 1, 1).ToArray<double>());

        DecodingState state = new();
        Tensor first = layer.Forward(input.Slice(1, 0, 1), ForwardContext.Inference.WithMemory(memory).WithState(state));
        state.Advance(1);
        Tensor rest = layer.Forward(input.Slice(1, 1, 3), ForwardContext.Inference.WithState(state));
        Attended.AssertClose(whole.ToArray<double>(), ShapeOps.Concatenate(1, first, rest).ToArray<double>());
    }

    [Fact]
    public void What_a_memory_gives_is_copied_only_when_a_place_goes_to_another_sequence()
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2) { CrossAttention = true }, [2, 4]);
        SequenceMemory memory = new(GradientCheck.Random([3, 5, 4], 2), Tensor.From(5, 2, 4));
        Tensor input = GradientCheck.Random([4, 2, 4], 1);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        layer.Forward(input.Slice(0, 0, 3), context.WithMemory(memory));

        int[] sequences = [2, 0, 0, 2];
        state.Select(sequences);
        Tensor kept = state.Of(layer)![0];
        Tensor values = memory.Values.Gather(0, Tensor.From(sequences)), lengths = memory.Lengths!.Gather(0, Tensor.From(sequences));
        double[] expected = layer.Forward(input, ForwardContext.Inference.WithMemory(new SequenceMemory(values, lengths))).ToArray<double>();
        Attended.AssertClose(expected, layer.Forward(input, context).ToArray<double>());

        // Beams of one sequence change places.
        state.Select(3, 2, 1, 0);
        Assert.Same(kept, state.Of(layer)![0]);
        Attended.AssertClose(expected, layer.Forward(input, context).ToArray<double>());
        state.Select(0, 3, 1);
        Assert.NotSame(kept, state.Of(layer)![0]);
        Attended.AssertClose(
            layer.Forward(input.Slice(0, 1, 3), ForwardContext.Inference.WithMemory(new SequenceMemory(
                memory.Values.Gather(0, Tensor.From(2, 2, 0)), memory.Lengths!.Gather(0, Tensor.From(2, 2, 0))))).ToArray<double>(),
            layer.Forward(input.Slice(0, 1, 3), context).ToArray<double>());
    }

    [Fact]
    public void Gradients_reach_the_memory()
    {
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2) { CrossAttention = true }, [3, 4]);
        GradientCheck.Verify(
            x => layer.Forward(x[0], ForwardContext.Inference.WithMemory(new SequenceMemory(x[1], Tensor.From(2)))),
            GradientCheck.Random([1, 3, 4], 1),
            GradientCheck.Random([1, 2, 4], 2));
    }

    [Fact]
    public void Cross_attention_comes_back_from_json()
    {
        MultiHeadAttention copy = LayerCheck.ThroughJson(new MultiHeadAttention(2) { CrossAttention = true, MemorySize = 3, Name = "look" });
        Assert.True(copy.CrossAttention);
        Assert.Equal(3, copy.MemorySize);
    }

    [Fact]
    public void Wrong_sizes_and_inputs_are_refused()
    {
        LayerCheck.Refuses<ArgumentException>("features that 3 heads divide but got [batch, 5, 4]: give it a HeadSize.", () => new MultiHeadAttention(3).OutputShape([5, 4]));
        LayerCheck.Refuses<ArgumentException>(
            "heads of an even size", () => new MultiHeadAttention(2) { Positions = AttentionPositions.Rotary }.OutputShape([5, 6]));
        LayerCheck.Refuses<ArgumentException>("key-value heads that divide them but got 3", () => _ = new MultiHeadAttention(4) { KeyValueHeads = 3 });
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, features] but got [batch, 4].", () => new MultiHeadAttention(2).OutputShape([4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiHeadAttention(0));
        MultiHeadAttention layer = LayerCheck.Built(new MultiHeadAttention(2) { CrossAttention = true }, [3, 4]);
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, 4] but got [1, 3, 5].", () => layer.Forward(Tensor.Ones([1, 3, 5], DataType.Float64)));
        LayerCheck.Refuses<InvalidOperationException>("looks at a memory but there is none", () => layer.Forward(Tensor.Ones([1, 3, 4], DataType.Float64)));
    }

    [Theory]
    [InlineData(true, AttentionPositions.None, "Causal")]
    [InlineData(false, AttentionPositions.Alibi, "Alibi")]
    public void What_counts_steps_of_one_s_own_does_not_go_with_a_memory(bool causal, AttentionPositions positions, string got) => LayerCheck.Refuses<ArgumentException>(
        $"with CrossAttention expects neither Causal nor positions Alibi, which count steps of its own, but got {got}.",
        () => LayerCheck.Built(new MultiHeadAttention(2) { CrossAttention = true, Causal = causal, Positions = positions }, [3, 4]));

    // Biases begin at zero, where a wrong one would not be seen.
    private static void Biased(Layer layer)
    {
        foreach ((string name, Parameter parameter) in layer.NamedParameters)
        {
            parameter.Value = GradientCheck.Random(parameter.Type.Shape, name.Length);
        }
    }

    private static double[] Naive(MultiHeadAttention layer, Tensor input, int heads, int keyHeads, int size, int length, bool causal)
    {
        (double[,] query, double[,] key, double[,] value) = (Product(layer, "query", input), Product(layer, "key", input), Product(layer, "value", input));
        int time = input.Shape[0];
        double[] means = new double[time * heads * size];
        for (int step = 0; step < time; step++)
        {
            for (int head = 0; head < heads; head++)
            {
                int shared = head / (heads / keyHeads) * size;
                int seen = causal ? Math.Min(length, step + 1) : length;
                double[] weights = [.. Enumerable.Range(0, seen).Select(other => Math.Exp(
                    Enumerable.Range(0, size).Sum(index => query[step, (head * size) + index] * key[other, shared + index]) / Math.Sqrt(size)))];
                for (int index = 0; index < size; index++)
                {
                    double sum = Enumerable.Range(0, seen).Sum(other => weights[other] * value[other, shared + index]);
                    means[(((step * heads) + head) * size) + index] = sum / weights.Sum();
                }
            }
        }

        return [.. Product(layer, "output", Tensor.From(means, [time, heads * size])).Cast<double>()];
    }

    private static double[,] Product(Layer layer, string name, Tensor rows)
    {
        (double[] x, double[] kernel, double[] bias) = (rows.ToArray<double>(), layer.State()[$"{name}.kernel"].ToArray<double>(), layer.State()[$"{name}.bias"].ToArray<double>());
        double[,] products = new double[rows.Shape[0], bias.Length];
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            for (int column = 0; column < bias.Length; column++)
            {
                products[row, column] = bias[column] + Enumerable.Range(0, rows.Shape[1]).Sum(inner => x[(row * rows.Shape[1]) + inner] * kernel[(inner * bias.Length) + column]);
            }
        }

        return products;
    }
}
