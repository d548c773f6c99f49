using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class PoolingLayerTests
{
    [Fact]
    public void A_mean_that_ignores_padding_is_that_of_the_sequence_alone()
    {
        GlobalAveragePool1D layer = new() { IgnoresPadding = true };
        Tensor input = Ops.GradientCheck.Random([3, 5, 2], 1);
        Tensor found = layer.Forward(input, ForwardContext.Inference.WithLengths(Tensor.From(5, 2, 0)));
        double[] expected = [.. layer.Forward(input.Slice(0, 0, 1)).ToArray<double>(), .. layer.Forward(input.Slice(0, 1, 1).Slice(1, 0, 2)).ToArray<double>(), 0, 0];
        Assert.All(expected.Zip(found.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Ops.GradientCheck.Verify(x => layer.Forward(x[0], ForwardContext.Inference.WithLengths(Tensor.From(3, 1, 0))).Tanh(), Ops.GradientCheck.Random([3, 3, 2], 2));
    }

    [Fact]
    public void A_sum_over_a_divisor_is_the_same_however_far_a_sequence_is_filled_up()
    {
        GlobalAveragePool1D layer = new() { IgnoresPadding = true, Divisor = 8 };
        Tensor input = GradientCheck.Random([2, 5, 3], 1);
        Tensor lengths = Tensor.From(5, 2);
        double[] found = layer.Forward(input, ForwardContext.Inference.WithLengths(lengths)).ToArray<double>();
        double[] sums = [.. input.Slice(0, 0, 1).Sum([1]).ToArray<double>(), .. input.Slice(0, 1, 1).Slice(1, 0, 2).Sum([1]).ToArray<double>()];
        Assert.All(sums.Zip(found), pair => Assert.Equal(pair.First / 8, pair.Second, 1e-12));
        Assert.Equal(found[3..], layer.Forward(input.Slice(0, 1, 1).Slice(1, 0, 3), ForwardContext.Inference.WithLengths(Tensor.From(2))).ToArray<double>());
        Assert.Equal(found[..3], layer.Forward(input.Slice(0, 0, 1)).ToArray<double>());
        GradientCheck.Verify(x => layer.Forward(x[0], ForwardContext.Inference.WithLengths(Tensor.From(3, 1))).Tanh(), GradientCheck.Random([2, 3, 2], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GlobalAveragePool1D { Divisor = 0 });
    }

    [Fact]
    public void A_largest_that_ignores_padding_is_that_of_the_sequence_alone()
    {
        GlobalMaxPool1D layer = new() { IgnoresPadding = true };
        Tensor input = GradientCheck.Random([3, 5, 2], 1, -3, -1);
        Tensor found = layer.Forward(input, ForwardContext.Inference.WithLengths(Tensor.From(5, 2, 0)));
        double[] expected = [.. layer.Forward(input.Slice(0, 0, 1)).ToArray<double>(), .. layer.Forward(input.Slice(0, 1, 1).Slice(1, 0, 2)).ToArray<double>(), 0, 0];
        Assert.Equal(expected, found.ToArray<double>());
        GradientCheck.Verify(x => layer.Forward(x[0], ForwardContext.Inference.WithLengths(Tensor.From(3, 1, 0))).Tanh(), GradientCheck.Random([3, 3, 2], 2));
    }

    [Theory]
    [InlineData(nameof(GlobalAveragePool1D))]
    [InlineData(nameof(GlobalMaxPool1D))]
    public void A_pooling_of_a_model_that_does_not_say_so_counts_padding(string kind)
    {
        Layer layer = LayerCatalogue.Create([new JsonObject { ["kind"] = kind }])[0];
        Tensor input = Tensor.From([-1f, 3], [1, 2, 1]);
        Assert.Equal(layer.Forward(input).ToArray<float>(), layer.Forward(input, ForwardContext.Inference.WithLengths(Tensor.From(1))).ToArray<float>());
    }

    [Fact]
    public void Poolings_have_the_gradient_of_differences()
    {
        LayerCheck.Verify(new MaxPool1D(2), [5, 2]);
        LayerCheck.Verify(new MaxPool2D((3, 2), 2, new Padding(1, 1, 0, 1)), [5, 4, 2]);
        LayerCheck.Verify(new AveragePool1D(3, 2, Padding.Same), [5, 2]);
        LayerCheck.Verify(new AveragePool2D(2, 1, Padding.Same), [3, 4, 2]);
        LayerCheck.Verify(new GlobalAveragePool1D(), [3, 2]);
        LayerCheck.Verify(new GlobalAveragePool2D(), [3, 2, 2]);
        LayerCheck.Verify(new GlobalMaxPool1D(), [3, 2]);
        LayerCheck.Verify(new GlobalMaxPool2D(), [3, 2, 2]);
    }

    [Fact]
    public void Poolings_compute_the_functional_ops_with_their_options()
    {
        Tensor images = GradientCheck.Random([2, 7, 6, 3], 1);
        Tensor sequences = GradientCheck.Random([2, 7, 3], 2);
        AssertSame(images.MaxPool2D(3, (2, 1), 1), new MaxPool2D(3, (2, 1), 1), images);
        AssertSame(images.AveragePool2D((2, 3)), new AveragePool2D((2, 3)), images);
        AssertSame(sequences.MaxPool1D(3, 2, Padding.Same), new MaxPool1D(3, 2, Padding.Same), sequences);
        AssertSame(sequences.AveragePool1D(3), new AveragePool1D(3), sequences);
        AssertSame(images.Mean([1, 2]), new GlobalAveragePool2D(), images);
        AssertSame(images.Max([1, 2]), new GlobalMaxPool2D(), images);
        AssertSame(sequences.Mean([1]), new GlobalAveragePool1D(), sequences);
        AssertSame(sequences.Max([1]), new GlobalMaxPool1D(), sequences);
    }

    [Fact]
    public void Wrong_inputs_are_named()
    {
        AssertError("at least 2 x 3 pixels", "[batch, 4, 2, 1]", () => new MaxPool2D((2, 3)).OutputShape([4, 2, 1]));
        AssertError("[batch, height, width, channels]", "[batch, 4, 2]", () => new AveragePool2D(2).OutputShape([4, 2]));
        AssertError("at least 3 steps", "[batch, 2, 4]", () => new MaxPool1D(3).OutputShape([2, 4]));
        AssertError("[batch, time, channels]", "[batch, 4]", () => new GlobalMaxPool1D().OutputShape([4]));
        AssertError("GlobalAveragePool2D", "[5, 4, 2]", () => new GlobalAveragePool2D().Forward(Tensor.Zeros([5, 4, 2])));
        AssertError("less padding than the window", "[1, 1, 1, 1]", () => new MaxPool2D(1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AveragePool1D(0));
        Assert.Throws<ArgumentException>(() => new MaxPool1D(2, 0));
    }

    private static void AssertSame(Tensor expected, Layer layer, Tensor input)
    {
        Tensor result = layer.Forward(input);
        Assert.Equal(expected.Shape, result.Shape);
        Assert.Equal(expected.Shape.AsSpan()[1..].ToArray(), layer.OutputShape(input.Shape.ToArray()[1..]).ToArray());
        Assert.True((expected - result).Abs().Max().ToDouble() < 1e-15);
    }

    private static void AssertError(string first, string second, Func<object> call)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(call);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }
}
