using Nabla.Backends.Cpu;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

[Collection(nameof(WorkerPool))]
public sealed class PoolingTests
{
    public static TheoryData<int, int, int, int> Windows
    {
        get
        {
            TheoryData<int, int, int, int> windows = [];
            foreach (int height in new[] { 1, 2, 3 })
            {
                foreach (int stride in new[] { 1, 2, 3 })
                {
                    foreach (int padding in new[] { 0, height - 1 })
                    {
                        foreach (int channels in new[] { 1, 6, 19, 35 })
                        {
                            windows.Add(height, stride, padding, channels);
                        }
                    }
                }
            }

            return windows;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Pooling_and_its_gradient_equal_the_naive_walk(int height, int stride, int padding, int channels)
    {
        Tensor images = Random([2, 7, 8, channels], 1);
        Padding around = new(padding, padding / 2, 1, 0);
        Window window = Window.Over("Pool", (7, 8), (height, 2), (stride, 2), around, 1);
        (double[] largest, double[] means, double[] spreadLargest, double[] spreadMeans) = Naive(images, height, 2, window);
        foreach (DataType type in new[] { DataType.Float32, DataType.Float64 })
        {
            double tolerance = type == DataType.Float32 ? 1e-6 : 1e-14;
            Tensor x = images.To(type);
            AssertNear(largest, spreadLargest, () => x.MaxPool2D((height, 2), (stride, 2), around), x, tolerance);
            AssertNear(means, spreadMeans, () => x.AveragePool2D((height, 2), (stride, 2), around), x, tolerance);
        }
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void The_first_of_equal_values_counts_and_not_a_number_wins(DataType type)
    {
        Tensor equal = Tensor.Ones([1, 2, 2, 17], type);
        Tensor gradient = Transforms.Gradients.Gradient(x => x.MaxPool2D(2).Sum())(equal);
        Assert.Equal(1, gradient.Slice(1, 0, 1).Slice(2, 0, 1).Mean().ToDouble());
        Assert.Equal(17, gradient.Sum().ToDouble());
        double[] values = [1, double.NaN, 3, double.NaN];
        Tensor withNothing = Tensor.From(values, [1, 2, 2, 1]).BroadcastTo([1, 2, 2, 17]).To(type);
        Tensor[] results = new MaxPooling(2, new Window(2, 2)).Apply(withNothing);
        Assert.True(double.IsNaN(results[0].To(DataType.Float64).Slice(3, 0, 1).ToDouble()));
        Assert.All(results[1].ToArray<byte>(), tap => Assert.Equal(1, tap));
    }

    [Fact]
    public void Infinities_are_values_like_any_other()
    {
        Tensor images = Tensor.Full([1, 2, 2, 16], double.NegativeInfinity, DataType.Float32);
        Assert.All(images.MaxPool2D(2, 1, Padding.Same).ToArray<float>(), value => Assert.Equal(float.NegativeInfinity, value));
    }

    [Fact]
    public void Windows_of_more_pixels_than_a_byte_counts_work_too()
    {
        Tensor images = Random([2, 18, 17, 18], 2).To(DataType.Float32);
        Tensor gradient = Transforms.Gradients.Gradient(x => x.MaxPool2D((18, 17)).Sum())(images);
        Assert.Equal(36, gradient.Sum().ToDouble());
        Assert.Equal(images.MaxPool2D((18, 17)).Sum().ToDouble(), (gradient * images).Sum().ToDouble(), 1e-4);
        Assert.True(images.GlobalMaxPool().AsBytes().SequenceEqual(images.MaxPool2D((18, 17)).AsBytes()));
    }

    [Fact]
    public void Global_pooling_leaves_batch_and_channels()
    {
        Tensor images = Random([3, 4, 5, 2], 3);
        Assert.Equal([3, 2], images.GlobalMaxPool().Shape);
        Assert.Equal([3, 2], images.Reshape(3, 20, 2).GlobalAveragePool().Shape);
        AssertNear(images.MaxPool2D((4, 5)).ToArray<double>(), images.GlobalMaxPool(), 0);
        AssertNear(images.AveragePool2D((4, 5)).ToArray<double>(), images.GlobalAveragePool(), 1e-15);
    }

    [Fact]
    public void Pooling_of_sequences_is_that_of_images_of_one_row()
    {
        Tensor sequences = Random([2, 9, 3], 4);
        Tensor images = sequences.Reshape(2, 1, 9, 3);
        Assert.Equal(images.MaxPool2D((1, 3), (1, 2), new Padding(1, 1)).ToArray<double>(), sequences.MaxPool1D(3, 2, new Padding(1, 1)).ToArray<double>());
        Assert.Equal(images.AveragePool2D((1, 3), (1, 2), Padding.Same).ToArray<double>(), sequences.AveragePool1D(3, 2, Padding.Same).ToArray<double>());
        Assert.Equal([2, 4, 3], sequences.MaxPool1D(2).Shape);
    }

    [Fact]
    public void Pooling_has_the_gradient_of_differences()
    {
        Verify(inputs => inputs[0].MaxPool2D((3, 2), (2, 1)), Random([2, 7, 5, 3], 5));
        Verify(inputs => inputs[0].MaxPool2D(3, 2, 1), Random([2, 5, 4, 2], 6));
        Verify(inputs => inputs[0].AveragePool2D((3, 2), (2, 1), Padding.Same), Random([2, 5, 4, 2], 7));
        Verify(inputs => inputs[0].AveragePool1D(2), Random([2, 5, 3], 8));
        Verify(inputs => inputs[0].GlobalAveragePool() * inputs[0].GlobalMaxPool(), Random([2, 3, 2, 2], 9));
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor images = Random([3, 33, 31, 19], 10).To(DataType.Float32);
        byte[]? first = null;
        foreach (int threads in Backends.Cpu.Threads.Counts)
        {
            Backends.Cpu.Threads.With(threads, () =>
            {
                Tensor gradient = Transforms.Gradients.Gradient(x => (x.MaxPool2D(3, 2, 1) * x.AveragePool2D(3, 2, 1)).Mean())(images);
                byte[] bytes = gradient.AsBytes().ToArray();
                first ??= bytes;
                Assert.Equal(first, bytes);
            });
        }
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        AssertError("4 x 4", "[1, 3, 9, 2]", () => Tensor.Zeros([1, 3, 9, 2]).MaxPool2D(4));
        AssertError("AveragePool2D", "[3, 9, 2]", () => Tensor.Zeros([3, 9, 2]).AveragePool2D(2));
        AssertError("MaxPool1D", "[9, 2]", () => Tensor.Zeros([9, 2]).MaxPool1D(2));
        AssertError("less padding than window", "2 x 2", () => Tensor.Zeros([1, 5, 5, 2]).MaxPool2D(2, 2, 2));
        AssertError("GlobalAveragePool", "[9, 2]", () => Tensor.Zeros([9, 2]).GlobalAveragePool());
    }

    private static void AssertNear(double[] expected, double[] spread, Func<Tensor> pool, Tensor images, double tolerance)
    {
        AssertNear(expected, pool(), tolerance);
        Tensor gradient = Transforms.Gradients.ValueAndGradient(() => (pool() * Weights(pool())).Sum(), images).Gradients[0];
        AssertNear(spread, gradient, tolerance * 4);
    }

    private static Tensor Weights(Tensor like) => Random(like.Shape, 11).To(like.DataType);

    private static void AssertNear(double[] expected, Tensor actual, double tolerance)
    {
        double[] values = actual.To(DataType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (int index = 0; index < values.Length; index++)
        {
            Assert.Equal(expected[index], values[index], tolerance);
        }
    }

    private static (double[] Largest, double[] Means, double[] SpreadLargest, double[] SpreadMeans) Naive(Tensor images, int height, int width, Window window)
    {
        (int rows, int columns, int channels) = (images.Shape[1], images.Shape[2], images.Shape[3]);
        int resultRows = ((rows + window.PadTop + window.PadBottom - height) / window.StrideY) + 1;
        int resultColumns = ((columns + window.PadLeft + window.PadRight - width) / window.StrideX) + 1;
        double[] pixels = images.ToArray<double>();
        double[] weights = Random([images.Shape[0], resultRows, resultColumns, channels], 11).ToArray<double>();
        double[] largest = new double[weights.Length];
        double[] means = new double[weights.Length];
        double[] spreadLargest = new double[pixels.Length];
        double[] spreadMeans = new double[pixels.Length];
        for (int result = 0; result < weights.Length; result++)
        {
            (int rest, int channel) = Math.DivRem(result, channels);
            (rest, int x) = Math.DivRem(rest, resultColumns);
            (int image, int y) = Math.DivRem(rest, resultRows);
            int[] covered = [.. from tapY in Enumerable.Range((y * window.StrideY) - window.PadTop, height)
                                from tapX in Enumerable.Range((x * window.StrideX) - window.PadLeft, width)
                                where tapY >= 0 && tapY < rows && tapX >= 0 && tapX < columns
                                select (((((image * rows) + tapY) * columns) + tapX) * channels) + channel];
            int best = covered.MaxBy(pixel => pixels[pixel]);
            (largest[result], means[result]) = (pixels[best], covered.Average(pixel => pixels[pixel]));
            spreadLargest[best] += weights[result];
            foreach (int pixel in covered)
            {
                spreadMeans[pixel] += weights[result] / covered.Length;
            }
        }

        return (largest, means, spreadLargest, spreadMeans);
    }

    private static void AssertError(string first, string second, Func<object> call)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(call);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }
}
