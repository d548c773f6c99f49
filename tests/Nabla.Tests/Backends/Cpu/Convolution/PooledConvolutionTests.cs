using System.Numerics;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla.Tests.Backends.Cpu.Convolution;

[Collection(nameof(WorkerPool))]
public sealed unsafe class PooledConvolutionTests
{
    /// <summary>Batch, height, width, inputs, outputs, kernel, stride, padding (top, bottom, left, right), dilation, groups; and the pooling.</summary>
    private static readonly (ConvolutionShape Shape, Size2D Size, Window Window)[] Cases =
    [
        (new(3, 12, 11, 1, 32, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1), 2, new Window(2, 2)),
        (new(3, 13, 13, 32, 64, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1), 2, new Window(2, 2)),
        (new(2, 9, 10, 16, 21, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1), 2, new Window(2, 2)),
        (new(2, 12, 13, 48, 19, 2, 5, 2, 1, 1, 0, 2, 3, 2, 1, 1), (3, 2), new Window(2, 2, 1, 1, 0, 1)),
        (new(1, 11, 12, 32, 33, 3, 2, 1, 2, 0, 1, 1, 0, 1, 2, 1), 3, new Window(2, 2, 1, 1, 1, 1)),
        (new(2, 30, 9, 16, 5, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1), (3, 3), new Window(4, 3)),
        (new(2, 9, 8, 6, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 3), 2, new Window(2, 2)),
        (new(2, 9, 8, 16, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1), 2, new Window(1, 1, 0, 1, 1, 0)),
        (new(3, 13, 14, 3, 37, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1), 2, new Window(2, 2)),
        (new(1, 14, 14, 8, 16, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1), 3, new Window(3, 3)),
        (new(19, 11, 10, 1, 16, 5, 5, 1, 1, 0, 0, 0, 0, 1, 1, 1), 2, new Window(2, 2)),
        (new(2, 23, 17, 2, 35, 4, 3, 2, 1, 1, 0, 2, 1, 3, 1, 1), (2, 3), new Window(1, 2)),
        (new(2, 19, 15, 1, 18, 3, 2, 1, 2, 0, 0, 0, 0, 2, 1, 1), (3, 2), new Window(2, 2)),
        (new(2, 9, 9, 16, 70, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1), 2, new Window(2, 2)),
        (new(0, 8, 8, 16, 16, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1), 2, new Window(2, 2)),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Pooled_convolution_of_floats_is_a_convolution_and_a_pooling(int index) => Check<float>(Cases[index].Shape, Cases[index].Size, Cases[index].Window, 2e-4);

    [Theory]
    [MemberData(nameof(Indices))]
    public void Pooled_convolution_of_doubles_is_a_convolution_and_a_pooling(int index) => Check<double>(Cases[index].Shape, Cases[index].Size, Cases[index].Window, 1e-12);

    private static void Check<T>(ConvolutionShape shape, Size2D size, Window window, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        MaxPooling op = new(size, window);
        PoolingWork pooling = PoolingWork.Of(op.Sizes([shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs]));
        int pooled = shape.Batch * pooling.Y.Windows * pooling.X.Windows * shape.Outputs;
        int results = shape.Batch * (int)shape.ResultSize;
        using Guarded<T> input = Guarded<T>.Random(shape.Batch * (int)shape.ImageSize, 1);
        using Guarded<T> weights = Guarded<T>.Random(shape.KernelHeight * shape.KernelWidth * shape.GroupInputs * shape.Outputs, 2);
        using Guarded<T> bias = Guarded<T>.Random(shape.Outputs, 3);
        using Guarded<T> cotangent = Guarded<T>.Random(pooled, 4);
        using Guarded<T> whole = new(results);
        using Guarded<T> largest = new(pooled);
        using Guarded<byte> taps = new(pooled);
        ForwardWork<T> work = new() { Images = input.Pointer, Weights = weights.Pointer, Bias = bias.Pointer, Relu = true, Target = whole.Pointer };
        DirectConvolution.Forward(shape, work, Lanes.Widest);
        MaxPoolingKernel<T, byte>.Forward(pooling, whole.Pointer, largest.Pointer, taps.Pointer);
        SameInAllWays<T>(largest.Span, 0, (target, width) =>
        {
            using Guarded<byte> found = new(pooled);
            DirectPooledConvolution.Forward(shape, pooling, work with { Target = target.Pointer }, found.Pointer, width);
            found.AssertMarginsUntouched();
            Assert.True(taps.Span.SequenceEqual(found.Span));
        });

        // Some cotangents are zero, as a rectifier leaves them.
        for (int index = 0; index < pooled; index += 3)
        {
            cotangent.Span[index] = T.Zero;
        }

        using Guarded<T> spread = new(results);
        using Guarded<T> inputGradient = new(input.Span.Length);
        using Guarded<T> weightGradient = new(weights.Span.Length);
        MaxPoolingKernel<T, byte>.Spread(pooling, cotangent.Pointer, taps.Pointer, spread.Pointer);
        DirectConvolution.InputGradient(shape, spread.Pointer, weights.Pointer, inputGradient.Pointer);
        DirectConvolution.WeightGradient(shape, input.Pointer, spread.Pointer, weightGradient.Pointer);
        SameInAllWays<T>(inputGradient.Span, tolerance, (target, width) =>
            DirectPooledConvolution.InputGradient(shape, pooling, cotangent.Pointer, taps.Pointer, weights.Pointer, target.Pointer, width));
        SameInAllWays<T>(weightGradient.Span, tolerance, (target, width) =>
            DirectPooledConvolution.WeightGradient(shape, pooling, input.Pointer, cotangent.Pointer, taps.Pointer, target.Pointer, width));
    }

    /// <summary>Near what is expected, and the same bits with any number of threads and any width of vectors.</summary>
    private static void SameInAllWays<T>(ReadOnlySpan<T> expected, double tolerance, Action<Guarded<T>, LaneWidth> compute)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[]? first = null;
        foreach (LaneWidth width in Widths.All)
        {
            foreach (int threads in Threads.Counts)
            {
                using Guarded<T> result = new(expected.Length);
                Threads.With(threads, () => compute(result, width));
                result.AssertMarginsUntouched();
                for (int index = 0; first is null && index < expected.Length; index++)
                {
                    Assert.Equal(double.CreateChecked(expected[index]), double.CreateChecked(result.Span[index]), tolerance);
                }

                first ??= result.Span.ToArray();
                Assert.Equal(first, result.Span.ToArray());
            }
        }
    }
}
