using Nabla.Ops.Convolutions;
using Nabla.Ops.Quantization;

namespace Nabla.Tests.Backends.Cpu.Quantized;

/// <summary>Quantised products as they are defined: sums of integers in loops, and one result after the other.</summary>
internal static class IntegerReference
{
    /// <summary>The sums of windows of bytes times weights, zero points taken off, <c>[pixels, outputs]</c>.</summary>
    public static long[] Convolve(Tensor bytes, Tensor weights, int zero, int[] weightZeros, Nabla.Ops.Convolutions.Convolution convolution)
    {
        ConvolutionShape shape = convolution.Sizes(bytes.Shape, weights.Shape);
        int[] image = bytes.To(DataType.Int32).ToArray<int>();
        int[] kernel = weights.To(DataType.Int32).ToArray<int>();
        List<long> sums = [];
        for (int batch = 0; batch < shape.Batch; batch++)
        {
            for (int pixel = 0; pixel < shape.OutputHeight * shape.OutputWidth; pixel++)
            {
                for (int output = 0; output < shape.Outputs; output++)
                {
                    sums.Add(Window(shape, image, kernel, zero, weightZeros[output], batch, pixel, output));
                }
            }
        }

        return [.. sums];
    }

    /// <summary>The sums of rows of bytes times weights, zero points taken off.</summary>
    public static long[] Multiply(Tensor bytes, Tensor weights, int[] zeros, int[] weightZeros)
    {
        (int rows, int steps, int units) = (bytes.Shape[0], bytes.Shape[1], weights.Shape[1]);
        int[] left = bytes.To(DataType.Int32).ToArray<int>();
        int[] right = weights.To(DataType.Int32).ToArray<int>();
        return [.. from row in Enumerable.Range(0, rows)
                   from unit in Enumerable.Range(0, units)
                   select Enumerable.Range(0, steps).Sum(step => (long)(left[(row * steps) + step] - zeros[row]) * (right[(step * units) + unit] - weightZeros[unit]))];
    }

    /// <summary>What becomes of a sum.</summary>
    public static float Result(QuantizedProduct op, long sum, float scale, float weightScale, float bias, float residual) =>
        MathF.Min(MathF.Max(MathF.FusedMultiplyAdd(sum, weightScale * scale, bias) + residual, op.Low), op.High);

    /// <summary>A result as a byte.</summary>
    public static byte Quantize(float result, float scale, int zero) => (byte)(Math.Clamp(MathF.Round(result * (1 / scale)), -zero, 255 - zero) + zero);

    /// <summary>The largest of each window's results.</summary>
    public static float[] Pool(float[] results, Shape shape, Nabla.Ops.Pooling.MaxPooling pooling) =>
        pooling.ApplyOne(Tensor.From(results, shape)).ToArray<float>();

    private static long Window(in ConvolutionShape shape, int[] image, int[] kernel, int zero, int weightZero, int batch, int pixel, int output)
    {
        (int row, int column) = Math.DivRem(pixel, shape.OutputWidth);
        int firstInput = output / shape.GroupOutputs * shape.GroupInputs;
        long sum = 0;
        for (int y = 0; y < shape.KernelHeight; y++)
        {
            for (int x = 0; x < shape.KernelWidth; x++)
            {
                int sourceY = (row * shape.StrideY) - shape.PadTop + (y * shape.DilationY);
                int sourceX = (column * shape.StrideX) - shape.PadLeft + (x * shape.DilationX);
                if (sourceY < 0 || sourceX < 0 || sourceY >= shape.Height || sourceX >= shape.Width)
                {
                    continue;
                }

                for (int input = 0; input < shape.GroupInputs; input++)
                {
                    int value = image[(((((batch * shape.Height) + sourceY) * shape.Width) + sourceX) * shape.Inputs) + firstInput + input];
                    int weight = kernel[(((((y * shape.KernelWidth) + x) * shape.GroupInputs) + input) * shape.Outputs) + output];
                    sum += (long)(value - zero) * (weight - weightZero);
                }
            }
        }

        return sum;
    }
}
