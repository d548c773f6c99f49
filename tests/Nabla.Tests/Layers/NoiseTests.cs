using Nabla.Layers;

namespace Nabla.Tests.Layers;

public sealed class NoiseTests
{
    private const int Wide = 20_000;

    public static TheoryData<RandomLayer> All() =>
    [
        new Dropout(0.25), new SpatialDropout1D(0.25), new GaussianNoise(0.25), new GaussianDropout(0.25), new AlphaDropout(0.25),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void A_random_layer_passes_its_input_on_in_use_and_when_frozen(RandomLayer layer)
    {
        LayerCheck.Built(layer, [5, 2]);
        Tensor input = Ops.GradientCheck.Random([3, 5, 2], seed: 1);
        Assert.Same(input, layer.Forward(input));
        layer.Freeze();
        Assert.Same(input, layer.Forward(input, LayerCheck.Training()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_same_key_disturbs_the_same_way_and_another_key_another_way(RandomLayer layer)
    {
        LayerCheck.Built(layer, [50, 2]);
        Tensor input = Tensor.Ones([3, 50, 2], DataType.Float64);
        double[] first = layer.Forward(input, LayerCheck.Training()).ToArray<double>();
        Assert.Equal(first, layer.Forward(input, LayerCheck.Training()).ToArray<double>());
        Assert.NotEqual(first, layer.Forward(input, new ForwardContext(training: true, RandomKey.FromSeed(6))).ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_random_layer_has_the_gradient_of_differences(RandomLayer layer) => LayerCheck.Verify(layer, [3, 2]);

    [Theory]
    [MemberData(nameof(All))]
    public void Mean_and_variance_are_those_of_the_formula(RandomLayer layer)
    {
        LayerCheck.Built(layer, [1, Wide]);
        double[] result = layer.Forward(Tensor.Full([1, 1, Wide], 2, DataType.Float64), LayerCheck.Training()).ToArray<double>();
        double mean = result.Average();
        double variance = result.Average(value => (value - mean) * (value - mean));
        (double expectedMean, double expectedVariance) = layer switch
        {
            GaussianNoise => (2, 0.0625),
            AlphaDropout => ExpectedOfAlpha(0.25, 2),
            _ => (2.0, 4 * 0.25 / 0.75),
        };
        Assert.Equal(expectedMean, mean, 0.03);
        Assert.Equal(expectedVariance, variance, 0.05);
    }

    [Fact]
    public void Alpha_dropout_keeps_mean_0_and_variance_1()
    {
        AlphaDropout layer = LayerCheck.Built(new AlphaDropout(0.3), [Wide]);
        double[] result = layer.Forward(RandomKey.FromSeed(3).Normal([1, Wide], dataType: DataType.Float64), LayerCheck.Training()).ToArray<double>();
        double mean = result.Average();
        Assert.Equal(0, mean, 0.03);
        Assert.Equal(1, result.Average(value => (value - mean) * (value - mean)), 0.05);
    }

    [Fact]
    public void Dropout_keeps_or_drops_each_element()
    {
        Dropout layer = LayerCheck.Built(new Dropout(0.4), [Wide]);
        double[] result = layer.Forward(Tensor.Ones([1, Wide], DataType.Float64), LayerCheck.Training()).ToArray<double>();
        Assert.All(result, value => Assert.True(value == 0 || Math.Abs(value - (1 / 0.6)) < 1e-12));
        Assert.Equal(0.4, (double)result.Count(value => value == 0) / Wide, 0.02);
    }

    [Fact]
    public void Spatial_dropout_drops_whole_channels_of_each_sample()
    {
        SpatialDropout2D layer = LayerCheck.Built(new SpatialDropout2D(0.5), [2, 3, 8]);
        double[] result = layer.Forward(Tensor.Ones([4, 2, 3, 8], DataType.Float64), LayerCheck.Training()).ToArray<double>();
        for (int index = 0; index < result.Length; index++)
        {
            (int sample, int channel) = (index / 48, index % 8);
            Assert.Equal(result[(sample * 48) + channel], result[index]);
        }

        Assert.Contains(0.0, result);
        Assert.Contains(2.0, result);
        LayerCheck.Refuses<ArgumentException>("[batch, height, width, channels] but got [batch, 3]", () => layer.OutputShape([3]));
    }

    [Fact]
    public void Two_layers_of_a_network_drop_different_elements()
    {
        Sequential network = new([1000], seed: 1, new Dropout(0.5), new Dropout(0.5));
        Tensor result = network.Forward(Tensor.Ones([1, 1000]), LayerCheck.Training());
        Assert.Equal(0.25, (double)result.ToArray<float>().Count(value => value > 0) / 1000, 0.06);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_rate_that_is_no_probability_below_1_is_refused(double rate)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlphaDropout(rate));
    }

    [Fact]
    public void A_negative_deviation_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(-1));

    private static (double Mean, double Variance) ExpectedOfAlpha(double rate, double value)
    {
        const double dropped = -1.7580993408473766;
        double scale = 1 / Math.Sqrt((1 - rate) * (1 + (rate * dropped * dropped)));
        double mean = scale * (((1 - rate) * value) + (rate * dropped) - (rate * dropped));
        return (mean, scale * scale * rate * (1 - rate) * (value - dropped) * (value - dropped));
    }
}
