using System.Numerics;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Tests.Backends.Cpu.Convolution;

[Collection(nameof(WorkerPool))]
public sealed unsafe class DirectConvolutionTests
{
    /// <summary>Batch, height, width, inputs, outputs, kernel, stride, padding (top, bottom, left, right), dilation, groups.</summary>
    private static readonly ConvolutionShape[] Shapes =
    [
        new(3, 9, 8, 1, 5, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(5, 28, 28, 1, 32, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(2, 13, 13, 32, 64, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(2, 11, 10, 35, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        new(1, 12, 13, 6, 9, 2, 5, 3, 2, 2, 1, 0, 3, 2, 3, 3),
        new(17, 6, 6, 4, 4, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 4),
        new(2, 15, 16, 3, 20, 7, 7, 2, 2, 3, 2, 3, 2, 1, 1, 1),
        new(3, 7, 7, 19, 100, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1),
        new(2, 9, 9, 8, 70, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1),
        new(2, 9, 11, 8, 7, 1, 1, 3, 2, 0, 0, 0, 0, 1, 1, 1),
        new(2, 10, 9, 37, 37, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 37),
        new(2, 10, 9, 21, 21, 3, 2, 2, 3, 1, 0, 1, 1, 2, 1, 21),
        new(2, 10, 9, 5, 15, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 5),
        new(1, 5, 61, 40, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 40),
        new(2, 7, 67, 48, 48, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 48),
        new(1, 6, 23, 9, 9, 2, 5, 1, 1, 1, 0, 2, 2, 2, 1, 9),
        new(2, 8, 8, 6, 10, 3, 3, 2, 2, 1, 1, 1, 1, 2, 2, 2),
        new(2, 5, 6, 4, 3, 2, 2, 1, 1, 3, 2, 4, 1, 1, 1, 1),
        new(1, 3, 90, 7, 18, 3, 5, 1, 1, 0, 0, 2, 2, 1, 1, 1),
        new(4, 1, 40, 6, 12, 1, 3, 1, 1, 0, 0, 2, 0, 1, 1, 1),
        new(1, 40, 1, 6, 12, 3, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1),
        new(0, 5, 5, 2, 2, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1),
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convolution_of_floats_and_its_gradients_equal_the_naive_sums(int index) => Check<float>(Shapes[index], 2e-3);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convolution_of_doubles_and_its_gradients_equal_the_naive_sums(int index) => Check<double>(Shapes[index], 1e-11);

    private static void Check<T>(ConvolutionShape shape, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int weightCount = shape.KernelHeight * shape.KernelWidth * shape.GroupInputs * shape.Outputs;
        using Guarded<T> input = Guarded<T>.Random(shape.Batch * (int)shape.ImageSize, 1);
        using Guarded<T> weights = Guarded<T>.Random(weightCount, 2);
        using Guarded<T> bias = Guarded<T>.Random(shape.Outputs, 3);
        using Guarded<T> cotangent = Guarded<T>.Random(shape.Batch * (int)shape.ResultSize, 4);
        double[] plain = new double[cotangent.Span.Length];
        double[] inputGradient = new double[input.Span.Length];
        double[] weightGradient = new double[weightCount];
        Naive(shape, input.Span, weights.Span, cotangent.Span, plain, inputGradient, weightGradient);
        double[] rectified = [.. plain.Select((sum, index) => Math.Max(sum + double.CreateChecked(bias.Span[index % shape.Outputs]), 0))];
        ForwardWork<T> work = new() { Images = input.Pointer, Weights = weights.Pointer };
        SameInAllWays<T>(plain, tolerance, (target, width) => DirectConvolution.Forward(shape, work with { Target = target.Pointer }, width));
        SameInAllWays<T>(rectified, tolerance, (target, width) => DirectConvolution.Forward(shape, work with { Bias = bias.Pointer, Relu = true, Target = target.Pointer }, width));
        if (shape.Groups == 1 && !shape.IsProduct)
        {
            double[] joined = [.. plain.Select((sum, index) => Math.Max(sum + double.CreateChecked(bias.Span[index % shape.Outputs] + cotangent.Span[index]), 0))];
            SameInAllWays<T>(joined, tolerance, (target, width) => DirectConvolution.Forward(
                shape, work with { Bias = bias.Pointer, Residual = cotangent.Pointer, Relu = true, Target = target.Pointer }, width));
        }

        SameInAllWays<T>(inputGradient, tolerance, (target, width) => DirectConvolution.InputGradient(shape, cotangent.Pointer, weights.Pointer, target.Pointer, width));
        SameInAllWays<T>(weightGradient, tolerance, (target, width) => DirectConvolution.WeightGradient(shape, input.Pointer, cotangent.Pointer, target.Pointer, width));
    }

    /// <summary>Near the naive sums, and the same bits with any number of threads and any width of vectors.</summary>
    private static void SameInAllWays<T>(double[] expected, double tolerance, Action<Guarded<T>, LaneWidth> compute)
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
                    Assert.Equal(expected[index], double.CreateChecked(result.Span[index]), tolerance);
                }

                first ??= result.Span.ToArray();
                Assert.Equal(first, result.Span.ToArray());
            }
        }
    }

    private static void Naive<T>(
        ConvolutionShape shape, ReadOnlySpan<T> input, ReadOnlySpan<T> weights, ReadOnlySpan<T> cotangent,
        double[] output, double[] inputGradient, double[] weightGradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int result = 0; result < output.Length; result++)
        {
            (int rest, int channel) = Math.DivRem(result, shape.Outputs);
            (rest, int x) = Math.DivRem(rest, shape.OutputWidth);
            (int image, int y) = Math.DivRem(rest, shape.OutputHeight);
            int group = channel / shape.GroupOutputs;
            for (int tapY = 0; tapY < shape.KernelHeight; tapY++)
            {
                for (int tapX = 0; tapX < shape.KernelWidth; tapX++)
                {
                    int row = (y * shape.StrideY) + (tapY * shape.DilationY) - shape.PadTop;
                    int column = (x * shape.StrideX) + (tapX * shape.DilationX) - shape.PadLeft;
                    bool inside = row >= 0 && row < shape.Height && column >= 0 && column < shape.Width;
                    for (int p = 0; inside && p < shape.GroupInputs; p++)
                    {
                        int pixel = (((((image * shape.Height) + row) * shape.Width) + column) * shape.Inputs) + (group * shape.GroupInputs) + p;
                        int weight = (((((tapY * shape.KernelWidth) + tapX) * shape.GroupInputs) + p) * shape.Outputs) + channel;
                        output[result] += double.CreateChecked(input[pixel]) * double.CreateChecked(weights[weight]);
                        inputGradient[pixel] += double.CreateChecked(cotangent[result]) * double.CreateChecked(weights[weight]);
                        weightGradient[weight] += double.CreateChecked(cotangent[result]) * double.CreateChecked(input[pixel]);
                    }
                }
            }
        }
    }
}
