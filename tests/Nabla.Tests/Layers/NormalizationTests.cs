using Nabla.Layers;
using Nabla.Layers.Initializers;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Layers;

public sealed class NormalizationTests
{
    private const double Epsilon = 0.01;

    [Theory]
    [InlineData(3)]
    [InlineData(2, 4, 3)]
    public void Batch_normalisation_in_training_computes_its_formula_over_batch_and_space(params int[] sample)
    {
        BatchNorm layer = LayerCheck.Built(new BatchNorm(epsilon: Epsilon) { ScaleInitializer = new RandomUniform(0.5, 2) }, sample);
        layer.Parameters[1].Value = Random([3], 8);
        Tensor input = Random([5, .. sample], seed: 2);
        Tensor expected = Normalized(input, layer, index => index % 3);
        AssertClose(expected, layer.Forward(input, LayerCheck.Training()));
    }

    [Fact]
    public void Batch_normalisation_remembers_means_and_unbiased_variances()
    {
        BatchNorm layer = LayerCheck.Built(new BatchNorm(momentum: 0.75), [2]);
        Tensor input = Tensor.From([1.0, 10, 2, 30, 6, 20], [3, 2]);
        ForwardContext context = LayerCheck.Training();
        layer.Forward(input, context);
        Assert.Equal([0.0, 0.0], layer.State()["mean"].ToArray<double>());
        context.ApplyUpdates();
        AssertClose(Tensor.From([0.25 * 3, 0.25 * 20], [2]), layer.State()["mean"]);
        AssertClose(Tensor.From([0.75 + (0.25 * 7), 0.75 + (0.25 * 100)], [2]), layer.State()["variance"]);
    }

    [Fact]
    public void Batch_normalisation_in_use_or_frozen_takes_what_it_remembers()
    {
        BatchNorm layer = LayerCheck.Built(new BatchNorm(epsilon: Epsilon), [2]);
        Dictionary<string, Tensor> state = layer.State().ToDictionary();
        (state["scale"], state["bias"]) = (Tensor.From(2.0, 3.0), Tensor.From(0.5, -1.0));
        (state["mean"], state["variance"]) = (Tensor.From(1.0, -2.0), Tensor.From(4.0, 0.25));
        layer.Load(state);
        Tensor expected = Tensor.From([((3 - 1) / Math.Sqrt(4.01) * 2) + 0.5, ((1 + 2) / Math.Sqrt(0.26) * 3) - 1], [1, 2]);
        Tensor input = Tensor.From([3.0, 1.0], [1, 2]);
        AssertClose(expected, layer.Forward(input));
        layer.Freeze();
        ForwardContext context = LayerCheck.Training();
        AssertClose(expected, layer.Forward(input, context));
        Assert.Empty(context.Updates);
    }

    [Fact]
    public void What_batch_normalisation_remembers_is_not_trained()
    {
        Sequential network = new([4], seed: 1, new BatchNorm());
        Assert.Equal(["0.scale", "0.bias"], network.TrainableParameters.Select(pair => pair.Key));
        Assert.Equal(["0.scale", "0.bias", "0.mean", "0.variance"], network.State().Keys);
        Assert.Equal(8, network.Summary().Frozen);
    }

    [Fact]
    public void A_batch_of_one_sample_gives_finite_memories()
    {
        BatchNorm layer = LayerCheck.Built(new BatchNorm(), [2]);
        ForwardContext context = LayerCheck.Training();
        Assert.All(layer.Forward(Tensor.From([1.0, 2.0], [1, 2]), context).ToArray<double>(), value => Assert.Equal(0, value));
        context.ApplyUpdates();
        Assert.All(layer.State()["variance"].ToArray<double>(), value => Assert.Equal(0.9, value, 1e-12));
    }

    [Fact]
    public void Layer_normalisation_computes_its_formula_over_the_last_axis()
    {
        LayerNorm layer = LayerCheck.Built(new LayerNorm(Epsilon) { ScaleInitializer = new RandomUniform(0.5, 2) }, [2, 5]);
        layer.Parameters[1].Value = Random([5], 8);
        Tensor input = Random([3, 2, 5], seed: 2, low: 0);
        AssertClose(Normalized(input, layer, index => index / 5), layer.Forward(input));
    }

    [Fact]
    public void Group_normalisation_computes_its_formula_over_space_and_group()
    {
        GroupNorm layer = LayerCheck.Built(new GroupNorm(2, Epsilon) { ScaleInitializer = new RandomUniform(0.5, 2) }, [2, 3, 6]);
        layer.Parameters[1].Value = Random([6], 8);
        Tensor input = Random([3, 2, 3, 6], seed: 2, low: 0);
        AssertClose(Normalized(input, layer, index => ((index / 36) * 2) + (index % 6 / 3)), layer.Forward(input));
        LayerCheck.Refuses<ArgumentException>("channels that 2 groups divide", () => new GroupNorm(2).OutputShape([3]));
    }

    [Fact]
    public void Root_mean_square_normalisation_computes_its_formula()
    {
        RmsNorm layer = LayerCheck.Built(new RmsNorm(Epsilon) { ScaleInitializer = new Constant(2) }, [3]);
        Tensor result = layer.Forward(Tensor.From([1.0, 2.0, -4.0], [1, 3]));
        double root = Math.Sqrt((21.0 / 3) + Epsilon);
        AssertClose(Tensor.From([2 / root, 4 / root, -8 / root], [1, 3]), result);
        Assert.Equal(["scale"], layer.State().Keys);
    }

    [Fact]
    public void Normalisations_have_the_gradient_of_differences()
    {
        LayerCheck.Verify(new BatchNorm(), [3]);
        LayerCheck.Verify(new BatchNorm(epsilon: Epsilon) { UseBias = false }, [2, 1, 2]);
        LayerCheck.Verify(new LayerNorm(Epsilon), [2, 4]);
        LayerCheck.Verify(new GroupNorm(2, Epsilon), [2, 4]);
        LayerCheck.Verify(new RmsNorm { UseBias = true }, [4]);
    }

    [Fact]
    public void Without_scale_and_bias_there_are_no_parameters()
    {
        LayerNorm layer = LayerCheck.Built(new LayerNorm { UseScale = false, UseBias = false }, [4]);
        Assert.Empty(layer.Parameters);
        Assert.Equal([1, 4], layer.Forward(Random([1, 4], 1)).Shape);
    }

    [Fact]
    public void Wrong_attributes_and_channels_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LayerNorm(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm(momentum: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GroupNorm(0));
        BatchNorm layer = LayerCheck.Built(new BatchNorm { Name = "norm" }, [4]);
        LayerCheck.Refuses<ArgumentException>("BatchNorm 'norm' expects [batch, ..., 4] but got [2, 3].", () => layer.Forward(Random([2, 3], 1)));
    }

    // The definition: elements of one group share a mean and a variance; channels are the last axis.
    private static Tensor Normalized(Tensor input, NormalizationLayer layer, Func<int, int> groupOf)
    {
        double[] x = input.ToArray<double>();
        double[] scale = layer.State()["scale"].ToArray<double>();
        double[] bias = layer.State()["bias"].ToArray<double>();
        Dictionary<int, (double Mean, double Variance)> statistics = x
            .Select((value, index) => (value, Group: groupOf(index))).GroupBy(pair => pair.Group).ToDictionary(
            group => group.Key,
            group => (group.Average(pair => pair.value), group.Average(pair => Math.Pow(pair.value - group.Average(other => other.value), 2))));
        return Tensor.From(
            [.. x.Select((value, index) =>
            {
                (double mean, double variance) = statistics[groupOf(index)];
                int channel = index % scale.Length;
                return ((value - mean) / Math.Sqrt(variance + Epsilon) * scale[channel]) + bias[channel];
            })],
            input.Shape);
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.ToArray<double>().Zip(actual.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }
}
