using Nabla.Backends.Cpu;
using Nabla.Ops.Convolutions;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

[Collection(nameof(WorkerPool))]
public sealed class ConvolutionTests
{
    public static TheoryData<int, int, int, int> Windows
    {
        get
        {
            TheoryData<int, int, int, int> windows = [];
            foreach (int stride in new[] { 1, 2, 3 })
            {
                foreach (int padding in new[] { 0, 1, 3 })
                {
                    foreach (int dilation in new[] { 1, 2 })
                    {
                        foreach (int groups in new[] { 1, 3, 6 })
                        {
                            windows.Add(stride, padding, dilation, groups);
                        }
                    }
                }
            }

            return windows;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Convolution_of_any_window_equals_the_naive_sum(int stride, int padding, int dilation, int groups)
    {
        Tensor images = Random([2, 9, 11, 6], 1);
        Tensor kernel = Random([3, 4, 6 / groups, 12], 2);
        Padding around = new(padding, padding / 2, 0, padding);
        Window window = new(stride, stride, around.Top, around.Bottom, around.Left, around.Right, dilation, dilation);
        Tensor expected = NaiveConvolution.Convolve(images, kernel, window, groups);
        AssertNear(expected, images.Conv2D(kernel, null, stride, around, dilation, groups), 1e-12);
        AssertNear(expected, Single(images).Conv2D(Single(kernel), null, stride, around, dilation, groups), 1e-5);
    }

    [Theory]
    [InlineData(3, 9, 8, 1, 5, 3, 3)]
    [InlineData(2, 11, 10, 35, 33, 3, 3)]
    [InlineData(2, 7, 6, 19, 40, 1, 1)]
    [InlineData(1, 12, 13, 3, 9, 2, 5)]
    public void Convolution_of_any_number_of_channels_equals_the_naive_sum(int batch, int height, int width, int inputs, int outputs, int rows, int columns)
    {
        Tensor images = Random([batch, height, width, inputs], 1);
        Tensor kernel = Random([rows, columns, inputs, outputs], 2);
        Tensor expected = NaiveConvolution.Convolve(images, kernel, new Window(), 1);
        AssertNear(expected, images.Conv2D(kernel), 1e-12);
        AssertNear(expected, Single(images).Conv2D(Single(kernel)), 1e-4);
    }

    [Theory]
    [InlineData(7, 3, 1, 1, 7, 1)]
    [InlineData(7, 3, 2, 1, 4, 1)]
    [InlineData(8, 3, 2, 1, 4, 0)]
    [InlineData(9, 4, 1, 1, 9, 1)]
    [InlineData(9, 3, 1, 2, 9, 2)]
    [InlineData(9, 1, 3, 1, 3, 0)]
    public void Same_padding_divides_the_size_by_the_stride_with_the_odd_pixel_last(int size, int kernel, int stride, int dilation, int result, int before)
    {
        Window window = Window.Over("Conv2D", size, kernel, stride, Padding.Same, dilation);
        int total = Math.Max(0, ((result - 1) * stride) + ((kernel - 1) * dilation) + 1 - size);
        Assert.Equal((before, total - before, before, total - before), (window.PadTop, window.PadBottom, window.PadLeft, window.PadRight));
        Assert.Equal([1, result, result, 2], Random([1, size, size, 1], 1).Conv2D(Random([kernel, kernel, 1, 2], 2), null, stride, Padding.Same, dilation).Shape);
    }

    [Fact]
    public void Convolution_of_sequences_is_that_of_images_of_one_row()
    {
        Tensor sequences = Random([3, 17, 4], 1);
        Tensor kernel = Random([3, 2, 6], 2);
        Tensor bias = Random([6], 3);
        Window window = new(1, 2, 0, 0, 4, 0, 1, 2);
        Tensor expected = NaiveConvolution.Convolve(sequences.Reshape(3, 1, 17, 4), kernel.Reshape(1, 3, 2, 6), window, 2) + bias;
        Tensor result = sequences.Conv1D(kernel, bias, stride: 2, new Padding(4, 0), dilation: 2, groups: 2);
        Assert.Equal([3, 9, 6], result.Shape);
        AssertNear(expected.Reshape(3, 9, 6), result, 1e-12);
        Assert.Equal([3, 17, 8], sequences.Conv1D(Random([5, 4, 8], 4), padding: Padding.Same).Shape);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Transposed_convolution_equals_the_naive_sum(int stride, int padding, int dilation, int groups)
    {
        Tensor images = Random([2, 5, 4, 6], 1);
        Tensor kernel = Random([4, 4, 12 / groups, 6], 2);
        Tensor bias = Random([12], 3);
        Size2D added = (stride - 1, stride / 2);
        Shape shape = [2, (4 * stride) + (3 * dilation) + 1 - (2 * padding) + added.Height, (3 * stride) + (3 * dilation) + 1 - (2 * padding) + added.Width, 12];
        Window window = new(stride, stride, padding, padding, padding, padding, dilation, dilation);
        if (shape[1] < 1 || shape[2] < 1)
        {
            Assert.Throws<ArgumentException>(() => images.Conv2DTranspose(kernel, bias, stride, padding, added, dilation, groups));
            return;
        }

        Tensor expected = NaiveConvolution.Transpose(images, kernel, window, groups, shape) + bias;
        AssertNear(expected, images.Conv2DTranspose(kernel, bias, stride, padding, added, dilation, groups), 1e-12);
        AssertNear(expected, Single(images).Conv2DTranspose(Single(kernel), Single(bias), stride, padding, added, dilation, groups), 1e-5);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 3)]
    [InlineData(4, 1)]
    public void Transposed_convolution_with_same_padding_multiplies_the_size_by_the_stride(int kernel, int stride)
    {
        Tensor images = Random([1, 4, 5, 2], 1);
        Tensor result = images.Conv2DTranspose(Random([kernel, kernel, 3, 2], 2), null, stride, Padding.Same);
        Assert.Equal([1, 4 * stride, 5 * stride, 3], result.Shape);
        Assert.Equal(images.Shape, result.Conv2D(Random([kernel, kernel, 3, 2], 2), null, stride, Padding.Same).Shape);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(5, 3)]
    [InlineData(37, 1)]
    [InlineData(18, 2)]
    public void Depthwise_convolution_takes_each_channel_alone(int channels, int multiplier)
    {
        Tensor images = Random([2, 8, 7, channels], 1);
        Tensor kernel = Random([3, 2, channels, multiplier], 2);
        Tensor bias = Random([channels * multiplier], 3);
        Tensor[] alone = [.. Enumerable.Range(0, channels).Select(channel => NaiveConvolution.Convolve(
            images.Slice(3, channel, 1), kernel.Slice(2, channel, 1), new Window(2, 1, 1, 0, 1, 1, 1, 2), 1))];
        Tensor expected = ShapeOps.Concatenate(3, alone) + bias;
        AssertNear(expected, images.DepthwiseConv2D(kernel, bias, (2, 1), new Padding(1, 0, 1, 1), (1, 2)), 1e-12);
        AssertNear(expected, Single(images).DepthwiseConv2D(Single(kernel), Single(bias), (2, 1), new Padding(1, 0, 1, 1), (1, 2)), 1e-5);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(21)]
    public void Depthwise_convolution_of_long_rows_takes_each_channel_alone(int channels)
    {
        Tensor images = Random([2, 5, 29, channels], 4);
        Tensor kernel = Random([3, 3, channels, 1], 5);
        Tensor[] alone = [.. Enumerable.Range(0, channels).Select(channel => NaiveConvolution.Convolve(
            images.Slice(3, channel, 1), kernel.Slice(2, channel, 1), new Window(1, 1, 1, 1, 1, 1, 1, 1), 1))];
        Tensor expected = ShapeOps.Concatenate(3, alone);
        AssertNear(expected, images.DepthwiseConv2D(kernel, null, 1, 1), 1e-12);
        AssertNear(expected, Single(images).DepthwiseConv2D(Single(kernel), null, 1, 1), 1e-5);
    }

    [Fact]
    public void Bias_and_rectifier_in_one_op_have_the_bits_of_three_ops()
    {
        Tensor images = Single(Random([2, 9, 8, 5], 1));
        Tensor kernel = Single(Random([3, 3, 5, 37], 2));
        Tensor bias = Single(Random([37], 3));
        Assert.True((images.Conv2D(kernel) + bias).AsBytes().SequenceEqual(images.Conv2D(kernel, bias).AsBytes()));
        Tensor fused = ConvolutionOps.Convolve(images, kernel, bias, 1, Padding.Valid, 1, 1, relu: true);
        Assert.True((images.Conv2D(kernel) + bias).Relu().AsBytes().SequenceEqual(fused.AsBytes()));
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        Tensor images = Tensor.Zeros([2, 5, 5, 3]);
        AssertError("[2, 5, 5, 3]", "[3, 3, 2, 4]", () => images.Conv2D(Tensor.Zeros([3, 3, 2, 4])));
        AssertError("[4]", "[5]", () => images.Conv2D(Tensor.Zeros([3, 3, 3, 4]), Tensor.Zeros([5])));
        AssertError("7 x 3", "5 x 5", () => images.Conv2D(Tensor.Zeros([7, 3, 3, 4])));
        AssertError("Conv2D", "[5, 3]", () => Tensor.Zeros([5, 3]).Conv2D(Tensor.Zeros([3, 3, 3, 4])));
        AssertError("Conv1D", "[2, 5, 5, 3]", () => images.Conv1D(Tensor.Zeros([3, 3, 4])));
        AssertError("stride 0 x 0", "Conv2D", () => images.Conv2D(Tensor.Zeros([3, 3, 3, 4]), null, 0));
        AssertError("padding", "-1", () => images.Conv2D(Tensor.Zeros([3, 3, 3, 4]), null, 1, -1));
        AssertError("[2, 5, 5, 3]", "[3, 3, 4, 1]", () => images.DepthwiseConv2D(Tensor.Zeros([3, 3, 4, 1])));
        AssertError("stride 2 x 2", "2 x 0", () => images.Conv2DTranspose(Tensor.Zeros([3, 3, 4, 3]), null, 2, outputPadding: (2, 0)));
        AssertError("[3, 3, 4, 5]", "[2, 5, 5, 3]", () => images.Conv2DTranspose(Tensor.Zeros([3, 3, 4, 5])));
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor images = Single(Random([9, 13, 13, 32], 3));
        Tensor kernel = Single(Random([3, 3, 32, 64], 4));
        byte[][] runs = new byte[Backends.Cpu.Threads.Counts.Length][];
        for (int run = 0; run < runs.Length; run++)
        {
            Backends.Cpu.Threads.With(Backends.Cpu.Threads.Counts[run], () =>
            {
                (_, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(() => images.Conv2D(kernel).Relu().MaxPool2D(2).Mean(), images, kernel);
                runs[run] = [.. gradients.SelectMany(gradient => gradient.AsBytes().ToArray())];
            });
            Assert.Equal(runs[0], runs[run]);
        }
    }

    private static Tensor Single(Tensor x) => x.To(DataType.Float32);

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] values = actual.To(DataType.Float64).ToArray<double>();
        double[] wanted = expected.ToArray<double>();
        for (int index = 0; index < values.Length; index++)
        {
            Assert.Equal(wanted[index], values[index], tolerance);
        }
    }

    private static void AssertError(string first, string second, Func<object> call)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(call);
        Assert.Contains(first, error.Message, StringComparison.Ordinal);
        Assert.Contains(second, error.Message, StringComparison.Ordinal);
    }
}
