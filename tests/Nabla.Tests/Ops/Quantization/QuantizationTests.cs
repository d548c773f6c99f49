using Nabla.Transforms;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops.Quantization;

/// <summary>Bytes and their numbers, element by element against the definition.</summary>
public sealed class QuantizationTests
{
    /// <summary>Shapes and the axis of the scales; null for one, -1 for one a row.</summary>
    public static TheoryData<int[], int?, bool> Cases => new()
    {
        { [3, 7, 41], null, false },
        { [], null, false },
        { [5, 131], 1, false },
        { [5, 131], 0, false },
        { [3, 5, 7, 19], 2, false },
        { [70, 301], 0, false },
        { [4, 5, 67], null, true },
        { [40_001], null, false },
        { [0, 3], 1, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_element_is_quantised_by_its_own_scale(int[] shape, int? axis, bool perRow)
    {
        Tensor x = Random(shape, 1, -40, 40).To(DataType.Float32);
        foreach (DataType type in new[] { DataType.UInt8, DataType.Int8 })
        {
            (Tensor scale, Tensor zeroPoint) = Parameters(shape, axis, perRow, type);
            Tensor quantized = x.Quantize(scale, zeroPoint, axis);
            (double[] scales, double[] zeros) = (Each(scale, shape, axis), Each(zeroPoint, shape, axis));
            (int least, int largest) = type == DataType.UInt8 ? (0, 255) : (-128, 127);
            float[] values = x.ToArray<float>();
            int[] expected = [.. values.Select((value, index) => (int)Math.Clamp(MathF.Round(value / (float)scales[index]) + zeros[index], least, largest))];
            Assert.Equal(type, quantized.DataType);
            Assert.Equal(expected, quantized.To(DataType.Int32).ToArray<int>());
            float[] back = [.. expected.Select((value, index) => (float)(value - zeros[index]) * (float)scales[index])];
            Assert.Equal(back, quantized.Dequantize(scale, zeroPoint, axis).ToArray<float>());
            Assert.Equal(back, x.FakeQuantize(scale, zeroPoint, axis).ToArray<float>());
        }
    }

    [Fact]
    public void Halves_go_to_even_and_what_does_not_fit_is_held()
    {
        Tensor x = Tensor.From(0.5f, 1.5f, -0.5f, -2.5f, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 127.5f);
        Assert.Equal(new byte[] { 10, 12, 10, 8, 255, 0, 255, 0, 10, 138 }, x.Quantize(Tensor.Scalar(1f), Tensor.Scalar((byte)10)).ToArray<byte>());
        Assert.Equal(new sbyte[] { -3, -1, -3, -5, 127, -128, 127, -128, -3, 125 }, x.Quantize(Tensor.Scalar(1f), Tensor.Scalar((sbyte)-3)).ToArray<sbyte>());
    }

    [Theory]
    [InlineData(new[] { 5, 37 }, true)]
    [InlineData(new[] { 5, 37 }, false)]
    [InlineData(new[] { 3, 2, 16 }, true)]
    [InlineData(new[] { 300, 129 }, true)]
    public void Ranges_that_hold_zero_are_laid_over_the_bytes(int[] shape, bool perRow)
    {
        Tensor x = Random(shape, 5, -3, 8).To(DataType.Float32);
        (Tensor quantized, Tensor scale, Tensor zeroPoint) = x.QuantizeDynamically(perRow);
        int columns = perRow ? shape[^1] : x.ElementCount;
        float[][] rows = [.. x.ToArray<float>().Chunk(columns)];
        float[] scales = [.. rows.Select(row => (Math.Max(0, row.Max()) - Math.Min(0, row.Min())) / 255)];
        byte[] zeros = [.. rows.Select((row, index) => (byte)Math.Clamp(MathF.Round(-Math.Min(0, row.Min()) / scales[index]), 0, 255))];
        Assert.Equal(perRow ? shape[..^1] : [], scale.Shape.ToArray());
        Assert.Equal(scales, scale.ToArray<float>());
        Assert.Equal(zeros, zeroPoint.ToArray<byte>());
        Assert.Equal(x.Quantize(scale, zeroPoint).ToArray<byte>(), quantized.ToArray<byte>());
    }

    [Fact]
    public void A_row_has_the_same_bytes_alone_and_among_others()
    {
        Tensor x = Random([7, 33], 3).To(DataType.Float32);
        Tensor whole = x.QuantizeDynamically(perRow: true).Quantized;
        for (int row = 0; row < 7; row++)
        {
            Assert.Equal(whole.Slice(0, row, 1).ToArray<byte>(), x.Slice(0, row, 1).QuantizeDynamically(perRow: true).Quantized.ToArray<byte>());
        }
    }

    [Fact]
    public void Nothing_but_zeros_has_a_scale_of_one()
    {
        (Tensor quantized, Tensor scale, Tensor zeroPoint) = Tensor.Zeros([20]).QuantizeDynamically();
        Assert.Equal(1f, scale.Item<float>());
        Assert.Equal(0, zeroPoint.Item<byte>());
        Assert.All(quantized.ToArray<byte>(), value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_goes_straight_through_where_the_bytes_hold_the_number(int[] shape, int? axis, bool perRow)
    {
        Tensor x = Random(shape, 2, -300, 300).To(DataType.Float32);
        (Tensor scale, Tensor zeroPoint) = Parameters(shape, axis, perRow, DataType.UInt8);
        Tensor weights = Random(shape, 3, 0.5, 1.5).To(DataType.Float32);
        Tensor gradient = Gradients.ValueAndGradient(() => (x.FakeQuantize(scale, zeroPoint, axis) * weights).Sum(), x).Gradients[0];
        (double[] scales, double[] zeros) = (Each(scale, shape, axis), Each(zeroPoint, shape, axis));
        float[] weight = weights.ToArray<float>();
        float[] expected = [.. x.ToArray<float>().Select((value, index) => MathF.Round(value / (float)scales[index]) + zeros[index] is >= 0 and <= 255 ? weight[index] : 0)];
        Assert.Equal(expected, gradient.ToArray<float>());
        Assert.True(x.ElementCount < 100 || (expected.Contains(0) && expected.Any(value => value > 0)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(1)]
    public void Numbers_are_linear_in_the_scale_of_their_bytes(int? axis)
    {
        Tensor bytes = Random([5, 9], 1, -100, 100).To(DataType.Int8);
        Tensor zeroPoint = Tensor.Full(axis is { } along ? [bytes.Shape[along]] : [], 3, DataType.Int8);
        Tensor scale = Tensor.Full(zeroPoint.Shape, 0.5);
        Tensor gradient = Gradients.ValueAndGradient(() => bytes.Dequantize(scale, zeroPoint, axis).Sum(), scale).Gradients[0];
        Tensor steps = (bytes.To(DataType.Float32) - 3).Sum(axis is null ? [0, 1] : [1 - axis.Value]);
        Assert.Equal(scale.Shape, gradient.Shape);
        Assert.Equal(steps.ToArray<float>(), gradient.ToArray<float>());
    }

    [Fact]
    public void Compiled_they_have_the_bits_of_the_ops()
    {
        Func<Tensor[], Tensor[]> function = x =>
        {
            (Tensor quantized, Tensor scale, Tensor zeroPoint) = x[0].QuantizeDynamically(perRow: true);
            Tensor fixedScale = Tensor.Full([], 0.01);
            Tensor zero = Tensor.Scalar((sbyte)-5);
            return [quantized, quantized.Dequantize(scale, zeroPoint), x[0].Relu().Quantize(fixedScale, zero), (x[0] * 2).FakeQuantize(fixedScale, zero).Tanh()];
        };
        Tensor x = Random([9, 35], 1).To(DataType.Float32);
        Graphs.CompilationTests.AssertSame(function([x]), Compilation.Compile(function).Invoke(x));
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        Tensor x = Tensor.Ones([2, 3]);
        Tensor zero = Tensor.Scalar((byte)0);
        Assert.Contains("expects a scale and a zero point along axis 1 but got [2] and [2]", Error(() => x.Quantize(Tensor.Ones([2]), Tensor.Zeros([2], DataType.UInt8), 1)), StringComparison.Ordinal);
        Assert.Contains("for all elements or each row but got [3] and [3]", Error(() => x.Quantize(Tensor.Ones([3]), Tensor.Zeros([3], DataType.UInt8))), StringComparison.Ordinal);
        Assert.Contains("expects float32 numbers, a float32 scale and a uint8 or int8 zero point but got float64[2, 3]", Error(() => x.To(DataType.Float64).Quantize(Tensor.Scalar(1f), zero)), StringComparison.Ordinal);
        Assert.Contains("bytes of the zero point's type", Error(() => x.To(DataType.Int8).Dequantize(Tensor.Scalar(1f), zero)), StringComparison.Ordinal);
        Assert.Contains("one in each row at least, but got float32[2, 0]", Error(() => Tensor.Ones([2, 0]).QuantizeDynamically(perRow: true)), StringComparison.Ordinal);
    }

    private static string Error(Func<object> function) => Assert.Throws<ArgumentException>(() => { function(); }).Message;

    private static (Tensor Scale, Tensor ZeroPoint) Parameters(int[] shape, int? axis, bool perRow, DataType type)
    {
        int[] scales = perRow ? shape[..^1] : axis is { } along ? [shape[along]] : [];
        Tensor zeros = Random(scales, 4, type == DataType.UInt8 ? 0 : -128, type == DataType.UInt8 ? 255 : 127).Round().To(type);
        return (Random(scales, 3, 0.1, 2).To(DataType.Float32), zeros);
    }

    // What each element is computed with.
    private static double[] Each(Tensor parameter, int[] shape, int? axis)
    {
        Tensor numbers = parameter.To(DataType.Float64);
        int[] repeated = axis is { } along ? [.. shape.Select((size, place) => place == along ? size : 1)] : parameter.Rank == 0 ? [] : [.. shape[..^1], 1];
        return numbers.Reshape(repeated).BroadcastTo(shape).ToArray<double>();
    }
}
