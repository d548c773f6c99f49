using Nabla.Layers.Initializers;

namespace Nabla.Tests.Layers;

public sealed class InitializerTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(11);

    public static TheoryData<Initializer, double> Scaled() => new()
    {
        { new GlorotUniform(), 2.0 / (60 * 3 + 40 * 3) },
        { new GlorotNormal(), 2.0 / (60 * 3 + 40 * 3) },
        { new HeUniform(), 2.0 / (60 * 3) },
        { new HeNormal(), 2.0 / (60 * 3) },
        { new LeCunUniform(), 1.0 / (60 * 3) },
        { new LeCunNormal(), 1.0 / (60 * 3) },
        { new VarianceScaling(3, FanMode.Outputs, WeightDistribution.Normal), 3.0 / (40 * 3) },
        { new RandomUniform(-2, 2), 16.0 / 12 },
        { new RandomNormal(0, 3), 9 },
        { new TruncatedNormal(0, 3), 9 * 0.7737 },
    };

    [Theory]
    [MemberData(nameof(Scaled))]
    public void Random_weights_have_the_mean_and_the_variance_of_their_formula(Initializer initializer, double variance)
    {
        float[] values = initializer.Create([3, 60, 40], Key).ToArray<float>();
        double mean = values.Average(value => (double)value);
        double found = values.Average(value => (value - mean) * (value - mean));
        Assert.Equal(0, mean / Math.Sqrt(variance), 0.05);
        Assert.Equal(1, found / variance, 0.05);
    }

    [Fact]
    public void The_same_key_gives_the_same_weights_and_another_key_others()
    {
        float[] first = new HeNormal().Create([5, 7], Key).ToArray<float>();
        Assert.Equal(first, new HeNormal().Create([5, 7], Key).ToArray<float>());
        Assert.NotEqual(first, new HeNormal().Create([5, 7], Key.Fold(1)).ToArray<float>());
    }

    [Fact]
    public void Truncated_numbers_stay_within_two_deviations()
    {
        float[] values = new TruncatedNormal(1, 0.5).Create([10_000], Key).ToArray<float>();
        Assert.All(values, value => Assert.InRange(value, 0, 2));
        Assert.Contains(values, value => value is < 0.1f or > 1.9f);
    }

    [Fact]
    public void Constants_are_what_they_say()
    {
        Assert.Equal([0f, 0f], new Zeros().Create([2], Key).ToArray<float>());
        Assert.Equal([1f, 1f], new Ones().Create([2], Key).ToArray<float>());
        Assert.Equal([0.25f, 0.25f], new Constant(0.25).Create([2], Key).ToArray<float>());
    }

    [Theory]
    [InlineData(3, 3, 5, 17)]
    [InlineData(1, 2, 9, 5)]
    [InlineData(1, 1, 33, 33)]
    public void Orthogonal_weights_keep_lengths(int height, int width, int inputs, int outputs)
    {
        Tensor kernel = new Orthogonal(1.5).Create([height, width, inputs, outputs], Key).To(DataType.Float64);
        Tensor matrix = kernel.Reshape(-1, outputs);
        Tensor square = matrix.Shape[0] >= outputs ? matrix.Transpose().MatMul(matrix) : matrix.MatMul(matrix.Transpose());
        double[] products = square.ToArray<double>();
        for (int index = 0; index < products.Length; index++)
        {
            bool diagonal = index / square.Shape[1] == index % square.Shape[1];
            Assert.Equal(diagonal ? 2.25 : 0, products[index], 1e-6);
        }
    }

    [Fact]
    public void Orthogonal_weights_are_not_biased_to_a_sign()
    {
        IEnumerable<float> corners = Enumerable.Range(0, 200).Select(index => new Orthogonal().Create([3, 3], Key.Fold(index)).ToArray<float>()[0]);
        Assert.InRange(corners.Count(corner => corner > 0), 70, 130);
    }

    [Fact]
    public void Wrong_attributes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(double.NaN));
        Assert.Throws<ArgumentException>(() => new RandomUniform(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomNormal(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Orthogonal(0));
        LayerCheck.Refuses<ArgumentException>("[3]", () => new Orthogonal().Create([3], Key));
    }
}
