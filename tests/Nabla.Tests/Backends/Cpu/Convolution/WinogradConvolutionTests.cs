using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Convolution.Winograd;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla.Tests.Backends.Cpu.Convolution;

[Collection(nameof(WorkerPool))]
public sealed unsafe class WinogradConvolutionTests
{
    private const double Tolerance = 1e-5;

    /// <summary>Batch, height, width, inputs, outputs, kernel, stride, padding (top, bottom, left, right), dilation, groups.</summary>
    private static readonly ConvolutionShape[] Shapes =
    [
        new(3, 13, 13, 32, 64, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(2, 9, 10, 48, 80, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        new(1, 16, 7, 32, 48, 3, 3, 1, 1, 0, 1, 2, 0, 1, 1, 1),
        new(2, 5, 3, 32, 32, 3, 3, 1, 1, 2, 2, 2, 1, 1, 1, 1),
        new(2, 6, 5, 32, 32, 3, 3, 1, 1, 3, 4, 5, 3, 1, 1, 1),
        new(9, 4, 4, 272, 288, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        new(5, 28, 27, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        new(1, 3, 3, 32, 32, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(0, 8, 8, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Winograd_convolution_equals_the_sum_in_double_precision(int index)
    {
        ConvolutionShape shape = Shapes[index];
        using Problem problem = new(shape);
        ForwardWork<float> work = problem.Work;
        double[] plain = problem.Forward();
        SameInAllWays(plain, (target, width) => WinogradConvolution.Forward(shape, work with { Target = target.Pointer }, width));
        double[] biased = [.. plain.Select((sum, index) => sum + problem.Bias.Span[index % shape.Outputs])];
        ForwardWork<float> rectified = work with { Bias = problem.Bias.Pointer, Relu = true };
        SameInAllWays(Rectified(biased), (target, width) => WinogradConvolution.Forward(shape, rectified with { Target = target.Pointer }, width));
        double[] sums = [.. biased.Select((sum, index) => sum + problem.Cotangent.Span[index])];
        ForwardWork<float> joined = rectified with { Residual = problem.Cotangent.Pointer };
        SameInAllWays(Rectified(sums), (target, width) => WinogradConvolution.Forward(shape, joined with { Target = target.Pointer }, width));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Winograd_gradient_of_the_images_equals_the_sum_in_double_precision(int index)
    {
        ConvolutionShape shape = Shapes[index];
        using Problem problem = new(shape);
        SameInAllWays(problem.InputGradient(), (target, width) => WinogradConvolution.InputGradient(
            shape, problem.Cotangent.Pointer, problem.Weights.Pointer, target.Pointer, width));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Winograd_convolution_with_pooling_gives_the_largest_of_its_own_results_and_their_taps(int index)
    {
        ConvolutionShape shape = Shapes[index];
        if (Math.Min(shape.OutputHeight, shape.OutputWidth) < 2)
        {
            return;
        }

        PoolingWork pooling = PoolingWork.Of(new MaxPooling(2, new Window(2, 2)).Sizes([shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs]));
        using Problem problem = new(shape);
        using Guarded<float> whole = new(shape.Batch * (int)shape.ResultSize);
        int pooled = shape.Batch * pooling.Y.Windows * (int)pooling.WindowRow;
        using Guarded<float> largest = new(pooled);
        using Guarded<byte> taps = new(pooled);
        problem.Bias.Span[1] = float.NaN;
        ForwardWork<float> work = problem.Work with { Bias = problem.Bias.Pointer, Relu = true };
        WinogradConvolution.Forward(shape, work with { Target = whole.Pointer }, Lanes.Widest);
        MaxPoolingKernel<float, byte>.Forward(pooling, whole.Pointer, largest.Pointer, taps.Pointer);
        Assert.True(WinogradShape.Fits(pooling));
        foreach (LaneWidth width in Widths.All)
        {
            foreach (int threads in Threads.Counts)
            {
                using Guarded<float> found = new(pooled);
                using Guarded<byte> at = new(pooled);
                Threads.With(threads, () => WinogradConvolution.Pooled(shape, pooling, work with { Target = found.Pointer }, at.Pointer, width));
                found.AssertMarginsUntouched();
                at.AssertMarginsUntouched();
                Assert.Equal(largest.Span.ToArray(), found.Span.ToArray());
                Assert.True(taps.Span.SequenceEqual(at.Span));
            }
        }
    }

    [Fact]
    public void Winograd_is_taken_for_many_channels_and_tiles_of_floats_alone()
    {
        ConvolutionShape shape = new(1, 16, 16, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        Assert.True(WinogradConvolution.TakesForward<float>(shape));
        Assert.True(WinogradConvolution.TakesInputGradient<float>(shape));
        Assert.False(WinogradConvolution.TakesForward<double>(shape));
        Assert.False(WinogradConvolution.TakesForward<float>(shape with { StrideX = 2 }));
        Assert.False(WinogradConvolution.TakesForward<float>(shape with { Groups = 2 }));
        Assert.False(WinogradConvolution.TakesForward<float>(shape with { Inputs = 40 }));
        Assert.False(WinogradConvolution.TakesForward<float>(shape with { Height = 4, Width = 4 }));
    }

    private static double[] Rectified(double[] sums) => [.. sums.Select(sum => Math.Max(sum, 0))];

    /// <summary>Near what is expected, and the same bits with any number of threads and any width of vectors.</summary>
    private static void SameInAllWays(double[] expected, Action<Guarded<float>, LaneWidth> compute)
    {
        double scale = expected.Select(Math.Abs).DefaultIfEmpty(1).Max();
        float[]? first = null;
        foreach (LaneWidth width in Widths.All)
        {
            foreach (int threads in Threads.Counts)
            {
                using Guarded<float> result = new(expected.Length);
                Threads.With(threads, () => compute(result, width));
                result.AssertMarginsUntouched();
                for (int index = 0; first is null && index < expected.Length; index++)
                {
                    Assert.Equal(expected[index], result.Span[index], Tolerance * scale);
                }

                first ??= result.Span.ToArray();
                Assert.Equal(first, result.Span.ToArray());
            }
        }
    }

    /// <summary>Operands of a convolution, and its results in double precision by the direct kernels, which their own tests hold to naive sums.</summary>
    private sealed class Problem(ConvolutionShape shape) : IDisposable
    {
        public Guarded<float> Input { get; } = Guarded<float>.Random(shape.Batch * (int)shape.ImageSize, 1);

        public Guarded<float> Weights { get; } = Guarded<float>.Random(9 * shape.Inputs * shape.Outputs, 2);

        public Guarded<float> Bias { get; } = Guarded<float>.Random(shape.Outputs, 3);

        public Guarded<float> Cotangent { get; } = Guarded<float>.Random(shape.Batch * (int)shape.ResultSize, 4);

        public ForwardWork<float> Work => new() { Images = Input.Pointer, Weights = Weights.Pointer };

        public double[] Forward()
        {
            double[] result = new double[Cotangent.Span.Length];
            fixed (double* input = Double(Input), weights = Double(Weights), target = result)
            {
                DirectConvolution.Forward(shape, new ForwardWork<double> { Images = input, Weights = weights, Target = target }, Lanes.Widest);
            }

            return result;
        }

        public double[] InputGradient()
        {
            double[] result = new double[Input.Span.Length];
            fixed (double* cotangent = Double(Cotangent), weights = Double(Weights), target = result)
            {
                DirectConvolution.InputGradient(shape, cotangent, weights, target);
            }

            return result;
        }

        public void Dispose()
        {
            Input.Dispose();
            Weights.Dispose();
            Bias.Dispose();
            Cotangent.Dispose();
        }

        private static double[] Double(Guarded<float> values) => [.. values.Span.ToArray().Select(value => (double)value)];
    }
}
