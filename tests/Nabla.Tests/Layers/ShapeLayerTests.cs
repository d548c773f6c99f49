using Nabla.Layers;

namespace Nabla.Tests.Layers;

public sealed class ShapeLayerTests
{
    [Fact]
    public void Reshaping_keeps_the_elements_of_each_sample_in_order()
    {
        Tensor input = Tensor.Range(24).Reshape(2, 3, 4);
        Tensor result = Use(new Reshape(2, -1), [3, 4], input);
        Assert.Equal([2, 2, 6], result.Shape);
        Assert.Equal(input.ToArray<int>(), result.ToArray<int>());
        Assert.Equal([2, 24 / 2], Use(new Reshape(-1), [3, 4], input).Shape);
        Assert.Contains("as many elements as [5, -1] but got [batch, 3, 4]", Refused(new Reshape(5, -1), [3, 4]), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Reshape(-1, -1));
        Assert.Throws<ArgumentException>(() => new Reshape(-2));
    }

    [Fact]
    public void Permuting_moves_each_element()
    {
        Tensor input = Tensor.Range(48).Reshape(2, 2, 3, 4);
        Tensor result = Use(new Permute(2, 0, 1), [2, 3, 4], input);
        Assert.Equal([2, 4, 2, 3], result.Shape);
        Assert.Equal([2, 4, 2, 3], [2, .. new Permute(2, 0, 1).OutputShape([2, 3, 4])]);
        int[] values = result.ToArray<int>();
        Assert.Equal((1 * 24) + (1 * 12) + (2 * 4) + 3, values[(1 * 24) + (3 * 6) + (1 * 3) + 2]);
        Assert.Contains("samples of 3 axes but got [batch, 2]", Refused(new Permute(2, 0, 1), [2]), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Permute(1, 2));
    }

    [Fact]
    public void A_vector_is_repeated_along_time()
    {
        Tensor result = Use(new RepeatVector(3), [2], Tensor.From([1f, 2, 3, 4], [2, 2]));
        Assert.Equal([2, 3, 2], result.Shape);
        Assert.Equal([1f, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4], result.ToArray<float>());
        Assert.Contains("[batch, features] but got [batch, 2, 2]", Refused(new RepeatVector(3), [2, 2]), StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_adds_zeros_and_cropping_takes_them_away()
    {
        Padding border = new(Top: 1, Bottom: 0, Left: 2, Right: 1);
        Tensor input = Tensor.From([1f, 2, 3, 4], [1, 2, 2, 1]);
        Tensor padded = Use(new ZeroPadding2D(border), [2, 2, 1], input);
        Assert.Equal([1, 3, 5, 1], padded.Shape);
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3, 4, 0], padded.ToArray<float>());
        Assert.Equal(input.ToArray<float>(), Use(new Cropping2D(border), [3, 5, 1], padded).ToArray<float>());
        Assert.Contains("larger than the border", Refused(new Cropping2D(1), [2, 3, 1]), StringComparison.Ordinal);
        Assert.Contains("[batch, height, width, channels] but got [batch, 3]", Refused(new ZeroPadding2D(1), [3]), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ZeroPadding2D(Padding.Same));
        Assert.Throws<ArgumentException>(() => new Cropping2D(-1));
    }

    [Fact]
    public void Steps_are_added_taken_away_and_repeated()
    {
        Tensor input = Tensor.From([1f, 2, 3, 4], [1, 2, 2]);
        Tensor padded = Use(new ZeroPadding1D(1, 2), [2, 2], input);
        Assert.Equal([0f, 0, 1, 2, 3, 4, 0, 0, 0, 0], padded.ToArray<float>());
        Assert.Equal(input.ToArray<float>(), Use(new Cropping1D(1, 2), [5, 2], padded).ToArray<float>());
        Assert.Equal([1f, 2, 1, 2, 3, 4, 3, 4], Use(new UpSampling1D(2), [2, 2], input).ToArray<float>());
        Assert.Contains("more than the 1 and 2 steps", Refused(new Cropping1D(1, 2), [3, 2]), StringComparison.Ordinal);
        Assert.Contains("[batch, time, channels] but got [batch, 3]", Refused(new UpSampling1D(2), [3]), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZeroPadding1D(-1, 0));
    }

    [Fact]
    public void The_nearest_pixel_is_repeated()
    {
        Tensor result = Use(new UpSampling2D((2, 3)), [1, 2, 2], Tensor.From([1f, 2, 3, 4], [1, 1, 2, 2]));
        Assert.Equal([1, 2, 6, 2], result.Shape);
        float[] row = [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4];
        Assert.Equal([.. row, .. row], result.ToArray<float>());
    }

    [Theory]
    [InlineData(2, 3, 4, 3)]
    [InlineData(3, 2, 1, 5)]
    public void Bilinear_enlargement_is_the_naive_mean_of_the_nearest_four(int rows, int columns, int height, int width)
    {
        UpSampling2D layer = new((rows, columns), Interpolation.Bilinear);
        Tensor input = Ops.GradientCheck.Random([2, height, width, 3], 1);
        Tensor result = Use(layer, [height, width, 3], input);
        Assert.Equal([2, height * rows, width * columns, 3], result.Shape);
        double[] x = input.ToArray<double>();
        double[] y = result.ToArray<double>();
        for (int index = 0; index < y.Length; index++)
        {
            (int sample, int row, int column, int channel) = Place(index, height * rows, width * columns, 3);
            double expected = 0;
            foreach ((int at, double rowWeight) in Neighbours(row, rows, height))
            {
                foreach ((int across, double columnWeight) in Neighbours(column, columns, width))
                {
                    expected += rowWeight * columnWeight * x[(((((sample * height) + at) * width) + across) * 3) + channel];
                }
            }

            Assert.Equal(expected, y[index], 1e-12);
        }
    }

    [Fact]
    public void Layers_that_move_elements_have_the_gradient_of_differences()
    {
        LayerCheck.Verify(new Reshape(3, 2), [2, 3]);
        LayerCheck.Verify(new Permute(1, 0), [2, 3]);
        LayerCheck.Verify(new FirstStep(), [2, 3]);
        LayerCheck.Verify(new ClassToken(), [2, 3]);
        LayerCheck.Verify(new Flatten(), [2, 3]);
        LayerCheck.Verify(new RepeatVector(2), [3]);
        LayerCheck.Verify(new ZeroPadding2D(1), [1, 2, 2]);
        LayerCheck.Verify(new Cropping2D(1), [3, 3, 2]);
        LayerCheck.Verify(new UpSampling2D(2), [2, 1, 2]);
        LayerCheck.Verify(new UpSampling2D((3, 2), Interpolation.Bilinear), [2, 2, 1]);
    }

    private static Tensor Use(Layer layer, Shape sample, Tensor input)
    {
        layer.Build(sample, RandomKey.FromSeed(1));
        Tensor result = layer.Forward(input);
        Assert.Equal([input.Shape[0], .. layer.OutputShape(sample)], result.Shape);
        return result;
    }

    private static string Refused(Layer layer, Shape sample) => Assert.Throws<ArgumentException>(() => layer.Build(sample, RandomKey.FromSeed(1))).Message;

    private static (int Sample, int Row, int Column, int Channel) Place(int index, int height, int width, int channels) =>
        (index / (height * width * channels), index / (width * channels) % height, index / channels % width, index % channels);

    // Pixels are areas: the middle of the new pixel i lies at (i + 0.5) / times - 0.5 among the old ones.
    private static IEnumerable<(int At, double Weight)> Neighbours(int index, int times, int length)
    {
        double place = ((index + 0.5) / times) - 0.5;
        int below = (int)Math.Floor(place);
        yield return (Math.Clamp(below, 0, length - 1), 1 - (place - below));
        yield return (Math.Clamp(below + 1, 0, length - 1), place - below);
    }
}
