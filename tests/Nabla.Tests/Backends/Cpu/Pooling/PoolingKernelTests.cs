using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla.Tests.Backends.Cpu.Pooling;

[Collection(nameof(WorkerPool))]
public sealed unsafe class PoolingKernelTests
{
    [Theory]
    [InlineData(1, 2, 2, 0)]
    [InlineData(3, 2, 2, 0)]
    [InlineData(7, 3, 2, 1)]
    [InlineData(15, 2, 3, 1)]
    [InlineData(16, 2, 2, 0)]
    [InlineData(21, 2, 2, 1)]
    [InlineData(33, 3, 1, 2)]
    public void Vectors_that_reach_beyond_a_pixel_change_nothing_but_the_results(int channels, int size, int stride, int padding)
    {
        PoolingShape shape = new(3, 9, 8, channels, size, new Window(stride, stride, padding, 0, padding, padding));
        PoolingWork work = PoolingWork.Of(shape);
        int pixels = 3 * 9 * 8 * channels;
        int windows = 3 * shape.OutputHeight * shape.OutputWidth * channels;
        using Guarded<float> images = Guarded<float>.Random(pixels, 1);
        using Guarded<double> exact = new(pixels);
        for (int index = 0; index < pixels; index++)
        {
            exact.Span[index] = images.Span[index];
        }

        using Guarded<double> largest = new(windows), means = new(windows), spread = new(pixels), shared = new(pixels);
        using Guarded<byte> taps = new(windows);
        MaxPoolingKernel<double, byte>.Forward(work, exact.Pointer, largest.Pointer, taps.Pointer);
        MaxPoolingKernel<double, byte>.Spread(work, largest.Pointer, taps.Pointer, spread.Pointer);
        AveragePoolingKernel<double>.Forward(work, exact.Pointer, means.Pointer);
        AveragePoolingKernel<double>.Spread(work, largest.Pointer, shared.Pointer);
        using Guarded<float> found = new(windows), foundMeans = new(windows), foundSpread = new(pixels), foundShared = new(pixels);
        using Guarded<byte> foundTaps = new(windows);
        MaxPoolingKernel<float, byte>.Forward(work, images.Pointer, found.Pointer, foundTaps.Pointer);
        MaxPoolingKernel<float, byte>.Spread(work, found.Pointer, foundTaps.Pointer, foundSpread.Pointer);
        AveragePoolingKernel<float>.Forward(work, images.Pointer, foundMeans.Pointer);
        AveragePoolingKernel<float>.Spread(work, found.Pointer, foundShared.Pointer);
        Assert.Equal(taps.Span.ToArray(), foundTaps.Span.ToArray());
        foundTaps.AssertMarginsUntouched();
        AssertSame(largest, found, 0);
        AssertSame(means, foundMeans, 1e-6);
        AssertSame(spread, foundSpread, 1e-5);
        AssertSame(shared, foundShared, 1e-6);
    }

    private static void AssertSame(Guarded<double> expected, Guarded<float> actual, double tolerance)
    {
        actual.AssertMarginsUntouched();
        for (int index = 0; index < expected.Span.Length; index++)
        {
            Assert.Equal(expected.Span[index], actual.Span[index], tolerance);
        }
    }
}
