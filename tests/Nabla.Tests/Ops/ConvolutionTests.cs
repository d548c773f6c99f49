using Nabla.Backends.Cpu;
using Nabla.Ops.Convolutions;

namespace Nabla.Tests.Ops;

public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(3, 9, 8, 1, 5, 3, 3, 1, 0, 1, 1)]
    [InlineData(2, 11, 10, 35, 33, 3, 3, 1, 1, 1, 1)]
    [InlineData(1, 12, 13, 6, 9, 2, 5, 3, 2, 2, 3)]
    [InlineData(17, 6, 6, 4, 4, 1, 1, 2, 0, 1, 4)]
    public void Convolution_equals_the_naive_sum(
        int batch, int height, int width, int inputs, int outputs, int kernelHeight, int kernelWidth, int stride, int padding, int dilation, int groups)
    {
        Window window = new(stride, stride, padding, padding, padding, padding, dilation, dilation);
        Tensor images = GradientCheck.Random([batch, height, width, inputs], 1);
        Tensor weights = GradientCheck.Random([kernelHeight, kernelWidth, inputs / groups, outputs], 2);
        Convolution op = new(window, groups);
        double[] expected = Naive(images, weights, stride, padding, dilation, groups, out Shape shape);
        Tensor result = op.ApplyOne(images, weights);
        Tensor single = op.ApplyOne(images.To(DataType.Float32), weights.To(DataType.Float32));
        Assert.Equal(shape, result.Shape);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index], result.AsSpan<double>()[index], 1e-10);
            Assert.Equal(expected[index], single.AsSpan<float>()[index], 1e-4);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor images = GradientCheck.Random([9, 13, 13, 32], 3).To(DataType.Float32);
        Tensor weights = GradientCheck.Random([3, 3, 32, 64], 4).To(DataType.Float32);
        int threads = WorkerPool.ThreadCount;
        try
        {
            byte[][] runs = [.. new[] { 1, 2, 3 }.Select(count =>
            {
                WorkerPool.ThreadCount = count;
                (_, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(() => images.Conv2D(weights).Relu().MaxPool2D(2).Mean(), images, weights);
                return gradients.SelectMany(gradient => gradient.AsBytes().ToArray()).ToArray();
            })];
            Assert.Equal(runs[0], runs[1]);
            Assert.Equal(runs[0], runs[2]);
        }
        finally
        {
            WorkerPool.ThreadCount = threads;
        }
    }

    private static double[] Naive(Tensor images, Tensor weights, int stride, int padding, int dilation, int groups, out Shape shape)
    {
        (int height, int width, int channels) = (images.Shape[1], images.Shape[2], images.Shape[3]);
        (int kernelHeight, int kernelWidth, int inputs, int outputs) = (weights.Shape[0], weights.Shape[1], weights.Shape[2], weights.Shape[3]);
        int resultHeight = ((height + (2 * padding) - ((kernelHeight - 1) * dilation) - 1) / stride) + 1;
        int resultWidth = ((width + (2 * padding) - ((kernelWidth - 1) * dilation) - 1) / stride) + 1;
        shape = [images.Shape[0], resultHeight, resultWidth, outputs];
        double[] result = new double[shape.ElementCount];
        int next = 0;
        for (int image = 0; image < shape[0]; image++)
        {
            for (int y = 0; y < resultHeight; y++)
            {
                for (int x = 0; x < resultWidth; x++)
                {
                    for (int output = 0; output < outputs; output++)
                    {
                        result[next++] = Sum(image, y, x, output);
                    }
                }
            }
        }

        return result;

        double Sum(int image, int y, int x, int output)
        {
            double sum = 0;
            int group = output / (outputs / groups);
            for (int tapY = 0; tapY < kernelHeight; tapY++)
            {
                for (int tapX = 0; tapX < kernelWidth; tapX++)
                {
                    int row = (y * stride) + (tapY * dilation) - padding;
                    int column = (x * stride) + (tapX * dilation) - padding;
                    for (int input = 0; row >= 0 && row < height && column >= 0 && column < width && input < inputs; input++)
                    {
                        sum += images.AsSpan<double>()[(((((image * height) + row) * width) + column) * channels) + (group * inputs) + input]
                            * weights.AsSpan<double>()[(((((tapY * kernelWidth) + tapX) * inputs) + input) * outputs) + output];
                    }
                }
            }

            return sum;
        }
    }
}
