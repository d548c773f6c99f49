namespace Nabla.Tests.Ops;

public sealed class RotaryTests
{
    [Theory]
    [InlineData(1, 1, 1, 2, 0)]
    [InlineData(2, 5, 3, 6, 0)]
    [InlineData(1, 7, 2, 50, 3)]
    [InlineData(3, 9, 4, 64, 100)]
    public void Rotation_equals_the_naive_turn_of_each_pair(int batch, int time, int heads, int size, int start)
    {
        Tensor x = GradientCheck.Random([batch, time, heads, size], 1);
        double[] expected = Naive(x, start, theta: 500);
        Tensor found = x.Rotary(start, theta: 500);
        Assert.Equal(x.Type, found.Type);
        AssertClose(expected, found, 1e-12);
        AssertClose(expected, x.To(DataType.Float32).Rotary(start, theta: 500), 1e-5);
    }

    [Fact]
    public void Rotation_has_the_gradient_of_differences() => GradientCheck.Verify(x => x[0].Rotary(2, theta: 10).Tanh(), GradientCheck.Random([2, 3, 2, 6], 1));

    [Fact]
    public void Scaled_angles_of_a_step_are_those_of_an_earlier_step()
    {
        Tensor x = GradientCheck.Random([1, 1, 2, 8], 1);
        AssertClose(x.Rotary(3, theta: 50).ToArray<double>(), x.Rotary(12, theta: 50, new RotaryScaling(4)), 1e-12);
        GradientCheck.Verify(y => y[0].Rotary(2, theta: 10, new RotaryScaling(4) { OriginalLength = 20 }).Tanh(), GradientCheck.Random([2, 3, 2, 6], 1));
    }

    [Fact]
    public void Only_slow_frequencies_are_scaled_beyond_the_original_length()
    {
        // Frequencies 1, 0.1, 0.01 and 0.001 turn 100 / (2 pi) times as often in 100 steps: 15.9, 1.59, 0.159 and 0.0159.
        RotaryScaling scaling = new(8) { OriginalLength = 100, LowFactor = 1, HighFactor = 4 };
        double kept = ((10 / (2 * Math.PI)) - 1) / 3;
        Assert.Equal(1, scaling.Apply(1));
        Assert.Equal((0.1 * kept) + (0.1 / 8 * (1 - kept)), scaling.Apply(0.1), 1e-15);
        Assert.Equal(0.01 / 8, scaling.Apply(0.01), 1e-15);
        Assert.Equal(0.001 / 8, scaling.Apply(0.001), 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RotaryScaling(0));
    }

    [Fact]
    public void Products_of_turned_queries_and_keys_depend_on_their_distance_alone()
    {
        (Tensor query, Tensor key) = (GradientCheck.Random([1, 1, 1, 8], 1), GradientCheck.Random([1, 1, 1, 8], 2));
        double near = (query.Rotary(7) * key.Rotary(4)).Sum().Item<double>();
        double far = (query.Rotary(1003) * key.Rotary(1000)).Sum().Item<double>();
        Assert.Equal(near, far, 1e-12);
        Assert.NotEqual(near, (query.Rotary(8) * key.Rotary(4)).Sum().Item<double>(), 1e-3);
    }

    [Fact]
    public void Wrong_inputs_are_refused()
    {
        string message = Assert.Throws<ArgumentException>(() => Tensor.Ones([1, 2, 3, 5]).Rotary()).Message;
        Assert.Equal("Rotary expects floating-point numbers [batch, time, heads, size] of an even size but got float32[1, 2, 3, 5].", message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Ones([1, 1, 1, 2]).Rotary(-1));
    }

    private static double[] Naive(Tensor x, int start, double theta)
    {
        (int time, int heads, int size) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        double[] values = x.ToArray<double>();
        double[] turned = new double[values.Length];
        for (int index = 0; index < values.Length; index++)
        {
            int feature = index % size;
            int step = index / size / heads % time;
            int pair = feature % (size / 2);
            double angle = (start + step) * Math.Pow(theta, -2.0 * pair / size);
            double other = feature < size / 2 ? -values[index + (size / 2)] : values[index - (size / 2)];
            turned[index] = (values[index] * Math.Cos(angle)) + (other * Math.Sin(angle));
        }

        return turned;
    }

    private static void AssertClose(double[] expected, Tensor found, double tolerance) =>
        Assert.All(expected.Zip(found.To(DataType.Float64).ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
