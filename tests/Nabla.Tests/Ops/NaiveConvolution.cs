using Nabla.Ops.Convolutions;

namespace Nabla.Tests.Ops;

/// <summary>What a convolution and its transpose are: sums over the taps of a window, one number at a time.</summary>
internal static class NaiveConvolution
{
    /// <summary>The convolution of float64 images <c>[batch, height, width, inputs]</c> with <c>[height, width, inputs / groups, outputs]</c>.</summary>
    public static Tensor Convolve(Tensor images, Tensor kernel, Window window, int groups)
    {
        int height = Count(images.Shape[1] + window.PadTop + window.PadBottom, kernel.Shape[0], window.StrideY, window.DilationY);
        int width = Count(images.Shape[2] + window.PadLeft + window.PadRight, kernel.Shape[1], window.StrideX, window.DilationX);
        Shape shape = [images.Shape[0], height, width, kernel.Shape[3]];
        double[] result = new double[shape.ElementCount];
        ReadOnlySpan<double> pixels = images.AsSpan<double>();
        ReadOnlySpan<double> weights = kernel.AsSpan<double>();
        foreach ((int pixel, int weight, int target) in Products(images.Shape, kernel.Shape, shape, window, groups))
        {
            result[target] += pixels[pixel] * weights[weight];
        }

        return Tensor.From(result, shape);
    }

    /// <summary>Each pixel's value times the kernel <c>[height, width, outputs / groups, inputs]</c>, added to the windows of images of a shape.</summary>
    public static Tensor Transpose(Tensor images, Tensor kernel, Window window, int groups, Shape shape)
    {
        double[] result = new double[shape.ElementCount];
        ReadOnlySpan<double> pixels = images.AsSpan<double>();
        ReadOnlySpan<double> weights = kernel.AsSpan<double>();
        foreach ((int target, int weight, int pixel) in Products(shape, kernel.Shape, images.Shape, window, groups))
        {
            result[target] += pixels[pixel] * weights[weight];
        }

        return Tensor.From(result, shape);
    }

    private static int Count(int length, int size, int stride, int dilation) => ((length - ((size - 1) * dilation) - 1) / stride) + 1;

    // The indices of pixel, weight and result of each product.
    private static IEnumerable<(int Pixel, int Weight, int Result)> Products(Shape images, Shape kernel, Shape results, Window window, int groups)
    {
        for (int result = 0; result < results.ElementCount; result++)
        {
            (int rest, int output) = Math.DivRem(result, results[3]);
            (rest, int x) = Math.DivRem(rest, results[2]);
            (int image, int y) = Math.DivRem(rest, results[1]);
            int group = output / (results[3] / groups);
            for (int weight = output; weight < kernel.ElementCount; weight += results[3])
            {
                (rest, int input) = Math.DivRem(weight / results[3], kernel[2]);
                (int tapY, int tapX) = Math.DivRem(rest, kernel[1]);
                int row = (y * window.StrideY) + (tapY * window.DilationY) - window.PadTop;
                int column = (x * window.StrideX) + (tapX * window.DilationX) - window.PadLeft;
                if (row >= 0 && row < images[1] && column >= 0 && column < images[2])
                {
                    yield return ((((((image * images[1]) + row) * images[2]) + column) * images[3]) + (group * kernel[2]) + input, weight, result);
                }
            }
        }
    }
}
