using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers.Attention;

public sealed class AdditiveAttentionTests
{
    [Fact]
    public void Shapes_and_gradients_are_right() => LayerCheck.Verify(new AdditiveAttention(3), [5, 4], batch: 2);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(7, 2)]
    public void Each_step_takes_the_naive_mean_of_the_memory(int units, int features)
    {
        AdditiveAttention layer = LayerCheck.Built(new AdditiveAttention(units) { CrossAttention = true, MemorySize = features }, [3, 4]);
        layer.NamedParameters.Single(pair => pair.Key == "key.bias").Value.Value = GradientCheck.Random([units], 7);
        Tensor input = GradientCheck.Random([2, 3, 4], 1), values = GradientCheck.Random([2, 6, features], 2);
        Tensor found = layer.Forward(input, ForwardContext.Inference.WithMemory(new SequenceMemory(values, Tensor.From(6, 2))));
        Assert.Equal([3, features], layer.OutputShape([3, 4]));
        Attended.AssertClose([.. Enumerable.Range(0, 2).SelectMany(sample => Naive(layer, input[sample], values[sample], sample == 0 ? 6 : 2))], found.ToArray<double>());
    }

    [Fact]
    public void Gradients_reach_the_memory()
    {
        AdditiveAttention layer = LayerCheck.Built(new AdditiveAttention(3) { CrossAttention = true, MemorySize = 2 }, [3, 4]);
        GradientCheck.Verify(
            x => layer.Forward(x[0], ForwardContext.Inference.WithMemory(new SequenceMemory(x[1], Tensor.From(3, 5)))),
            GradientCheck.Random([2, 3, 4], 1),
            GradientCheck.Random([2, 5, 2], 2));
    }

    [Fact]
    public void A_memory_is_kept_for_later_passes()
    {
        AdditiveAttention layer = LayerCheck.Built(new AdditiveAttention(3) { CrossAttention = true }, [4, 6]);
        Tensor input = GradientCheck.Random([2, 4, 6], 1);
        ForwardContext context = ForwardContext.Inference.WithMemory(new SequenceMemory(GradientCheck.Random([2, 5, 6], 2), Tensor.From(5, 2)));
        double[] whole = layer.Forward(input, context).ToArray<double>();
        DecodingState state = new();
        Tensor first = layer.Forward(input.Slice(1, 0, 1), context.WithState(state));
        state.Advance(1);
        Tensor rest = layer.Forward(input.Slice(1, 1, 3), ForwardContext.Inference.WithState(state));
        Attended.AssertClose(whole, ShapeOps.Concatenate(1, first, rest).ToArray<double>());
    }

    [Fact]
    public void The_last_step_of_several_passes_sees_all_before()
    {
        AdditiveAttention layer = LayerCheck.Built(new AdditiveAttention(3), [5, 4]);
        Tensor input = GradientCheck.Random([2, 5, 4], 1);
        Tensor inParts = Attended.InParts(layer, input, 2, 2, 1);
        Attended.AssertClose(layer.Forward(input).Slice(1, 4, 1).ToArray<double>(), inParts.Slice(1, 4, 1).ToArray<double>());
    }

    [Fact]
    public void Attention_to_a_memory_comes_back_from_json()
    {
        AdditiveAttention copy = LayerCheck.ThroughJson(new AdditiveAttention(2) { CrossAttention = true, MemorySize = 3 });
        Assert.True(copy.CrossAttention);
        Assert.Equal(3, copy.MemorySize);
    }

    [Fact]
    public void Wrong_sizes_and_inputs_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdditiveAttention(0));
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, features] but got [batch, 4].", () => new AdditiveAttention(2).OutputShape([4]));
        AdditiveAttention layer = LayerCheck.Built(new AdditiveAttention(2) { CrossAttention = true }, [3, 4]);
        LayerCheck.Refuses<InvalidOperationException>("looks at a memory but there is none", () => layer.Forward(Tensor.Ones([1, 3, 4], DataType.Float64)));
    }

    // The equations of the paper's appendix A.1.2, number by number.
    private static IEnumerable<double> Naive(AdditiveAttention layer, Tensor input, Tensor memory, int length)
    {
        IReadOnlyDictionary<string, Tensor> state = layer.State();
        for (int step = 0; step < input.Shape[0]; step++)
        {
            double[] weights = [.. Enumerable.Range(0, length).Select(seen => Math.Exp(Score(step, seen)))];
            for (int feature = 0; feature < memory.Shape[1]; feature++)
            {
                yield return weights.Select((weight, seen) => weight * memory[seen, feature].Item<double>()).Sum() / weights.Sum();
            }
        }

        double Score(int step, int seen) => Enumerable.Range(0, state["score.kernel"].Shape[0]).Sum(unit => state["score.kernel"][unit, 0].Item<double>() * Math.Tanh(
            Product(input[step], state["query.kernel"], unit) + Product(memory[seen], state["key.kernel"], unit) + state["key.bias"][unit].Item<double>()));

        static double Product(Tensor row, Tensor kernel, int unit) =>
            Enumerable.Range(0, row.Shape[0]).Sum(index => row[index].Item<double>() * kernel[index, unit].Item<double>());
    }
}
