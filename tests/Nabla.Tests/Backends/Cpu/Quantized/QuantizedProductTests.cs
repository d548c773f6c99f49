using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nabla.Backends.Cpu.Quantized;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using Nabla.Ops.Quantization;

namespace Nabla.Tests.Backends.Cpu.Quantized;

/// <summary>Products and convolutions of bytes at every width: each result is the one of integer loops, to the bit.</summary>
public sealed class QuantizedProductTests
{
    private static readonly RandomKey Key = RandomKey.FromSeed(11);

    /// <summary>Images, weights, stride, padding at the four sides, dilation, groups.</summary>
    public static TheoryData<int[], int[], int[], int[], int[], int> Convolutions => new()
    {
        { [2, 9, 7, 1], [3, 3, 1, 8], [1, 1], [0, 0, 0, 0], [1, 1], 1 },
        { [1, 7, 11, 3], [5, 3, 3, 19], [2, 1], [2, 1, 0, 3], [1, 1], 1 },
        { [3, 6, 6, 16], [3, 3, 16, 33], [1, 1], [1, 1, 1, 1], [1, 1], 1 },
        { [1, 13, 17, 5], [3, 2, 5, 40], [1, 3], [1, 2, 2, 0], [2, 3], 1 },
        { [2, 5, 9, 8], [1, 1, 8, 70], [1, 1], [0, 0, 0, 0], [1, 1], 1 },
        { [1, 8, 8, 12], [1, 1, 12, 4], [2, 2], [0, 0, 0, 0], [1, 1], 1 },
        { [2, 7, 5, 12], [3, 3, 4, 18], [1, 1], [1, 1, 1, 1], [1, 1], 3 },
        { [1, 9, 9, 6], [3, 3, 1, 12], [1, 2], [0, 1, 2, 1], [1, 2], 6 },
        { [2, 8, 7, 37], [3, 3, 1, 37], [1, 1], [1, 1, 1, 1], [1, 1], 37 },
        { [1, 11, 10, 64], [5, 5, 1, 64], [2, 2], [2, 2, 2, 2], [1, 1], 64 },
        { [1, 30, 30, 8], [3, 3, 8, 24], [1, 1], [1, 1, 1, 1], [1, 1], 1 },
        { [2, 29, 27, 1], [3, 3, 1, 32], [1, 1], [0, 0, 0, 0], [1, 1], 1 },
        { [1, 13, 18, 3], [5, 3, 3, 48], [2, 3], [2, 1, 1, 0], [1, 2], 1 },
        { [3, 9, 10, 4], [8, 8, 4, 16], [1, 1], [3, 4, 3, 4], [1, 1], 1 },
    };

    private delegate Tensor Multiplier(QuantizedProduct op, Tensor weights, Tensor weightZeros, Func<Tensor[], Tensor[]> inputs, TensorType result);

    private static IEnumerable<Multiplier> Widths
    {
        get
        {
            yield return Multiply<Vector128<int>, PortableQuads>;
            yield return Multiply<Vector512<int>, TwoHalves>;
            if (Ssse3.IsSupported)
            {
                yield return Multiply<Vector128<int>, Quads128>;
            }

            if (Avx2.IsSupported)
            {
                yield return Multiply<Vector256<int>, Quads256>;
            }

            if (Avx512BW.IsSupported)
            {
                yield return Multiply<Vector512<int>, Quads512>;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void A_convolution_of_bytes_is_the_sum_of_integers(int[] images, int[] weights, int[] stride, int[] padding, int[] dilation, int groups)
    {
        Nabla.Ops.Convolutions.Convolution convolution = new(new Window(stride[0], stride[1], padding[0], padding[1], padding[2], padding[3], dilation[0], dilation[1]), groups);
        foreach ((int least, int most) in new[] { (-64, 65), (-128, 128), (-20, 21) })
        {
            Tensor kernel = Key.Fold(most).Integers(weights, least, most, DataType.Int8);
            Check(new QuantizedProduct(new(convolution, weights, 2)), images, kernel, Tensor.Scalar((sbyte)0));
        }

        if (groups != images[3])
        {
            Tensor kernel = Key.Integers(weights, 0, 256, DataType.UInt8);
            Check(new QuantizedProduct(new(convolution, weights, 4)), images, kernel, Key.Fold(1).Integers([weights[3]], 0, 256, DataType.UInt8));
        }
    }

    /// <summary>Images, weights, padding at the four sides, pooling: what is left of an axis by fours is 0 to 3.</summary>
    public static TheoryData<int[], int[], int[], bool> Tiles => new()
    {
        { [2, 6, 6, 16], [3, 3, 16, 16], [0, 0, 0, 0], false },
        { [3, 13, 13, 32], [3, 3, 32, 64], [0, 0, 0, 0], true },
        { [1, 9, 7, 16], [3, 3, 16, 48], [1, 1, 1, 1], false },
        { [2, 3, 5, 32], [3, 3, 32, 16], [1, 0, 0, 1], false },
        { [1, 3, 3, 16], [3, 3, 16, 80], [0, 0, 0, 0], false },
        { [5, 8, 10, 48], [3, 3, 48, 32], [1, 1, 1, 1], true },
        { [1, 31, 34, 16], [3, 3, 16, 32], [2, 1, 0, 2], true },
        { [40, 5, 4, 16], [3, 3, 16, 144], [1, 1, 1, 1], false },
    };

    [Theory]
    [MemberData(nameof(Tiles))]
    public void A_convolution_in_tiles_is_the_sum_of_integers(int[] images, int[] weights, int[] padding, bool pools)
    {
        MaxPooling? pooling = pools ? new(new Size2D(2, 2), new Window(2, 2, 0, 0, 0, 0, 1, 1)) : null;
        Nabla.Ops.Convolutions.Convolution convolution = new(new Window(1, 1, padding[0], padding[1], padding[2], padding[3], 1, 1), 1);
        QuantizedProduct op = new(new(convolution, weights, 2, IsTiled: true), Pooling: pooling);
        Assert.True(QuantizedProductKernels.Tiles(op.Window, images, pooling));
        Check(op, images, Key.Integers(weights, -127, 128, DataType.Int8), Tensor.Scalar((sbyte)0));
        Check(op with { HasBias = true, Low = 0, GivesBytes = true }, images, Key.Fold(1).Integers(weights, -63, 64, DataType.Int8), Tensor.Scalar((sbyte)0));
        Check(op with { Window = op.Window with { MostParts = 4 } }, images, Key.Integers(weights, 0, 256, DataType.UInt8), Key.Fold(1).Integers([weights[3]], 0, 256, DataType.UInt8));
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(3, 48)]
    [InlineData(4, 16)]
    public void The_largest_sums_of_few_channels_are_those_of_integers(int inputs, int outputs)
    {
        MaxPooling pooling = new(new Size2D(2, 2), new Window(2, 2, 0, 0, 0, 0, 1, 1));
        int[] weights = [3, 5, inputs, outputs];
        QuantizedProduct op = new(new(new Nabla.Ops.Convolutions.Convolution(new Window(1, 2, 1, 0, 0, 2, 1, 1), 1), weights, 2), HasBias: true, Low: 0, Pooling: pooling, GivesBytes: true);
        Assert.True(op.Window.IsNarrow);
        Check(op, [3, 28, 27, inputs], Key.Integers(weights, -127, 128, DataType.Int8), Tensor.Scalar((sbyte)0));
        Check(op with { GivesBytes = false }, [1, 7, 9, inputs], Key.Integers(weights, -63, 64, DataType.Int8), Tensor.Scalar((sbyte)0));
    }

    [Theory]
    [InlineData(48, 127)]
    [InlineData(48, -128)]
    [InlineData(128, 127)]
    [InlineData(128, -128)]
    public void The_largest_bytes_and_weights_of_tiles_do_not_overflow(int inputs, int weight)
    {
        int[] weights = [3, 3, inputs, 16];
        QuantizedProduct op = new(new(new Nabla.Ops.Convolutions.Convolution(new Window(1, 1, 0, 0, 0, 0, 1, 1), 1), weights, 2, IsTiled: true));
        Tensor bytes = Tensor.Full([1, 6, 6, inputs], 255, DataType.UInt8);
        foreach (Multiplier multiply in Widths)
        {
            Tensor result = multiply(
                op, Tensor.Full(weights, weight, DataType.Int8), Tensor.Scalar((sbyte)0),
                packed => [bytes, .. packed, Tensor.Ones([16]), Tensor.Scalar(1f), Tensor.Scalar((byte)0)], new TensorType(DataType.Float32, [1, 4, 4, 16]));
            Assert.All(result.ToArray<float>(), value => Assert.Equal(255f * 9 * inputs * weight, value));
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 300, 10)]
    [InlineData(7, 64, 65)]
    [InlineData(129, 33, 17)]
    [InlineData(200, 131, 100)]
    public void A_product_of_bytes_is_the_sum_of_integers(int rows, int steps, int units)
    {
        Tensor kernel = Key.Integers([steps, units], -128, 128, DataType.Int8);
        QuantizedWindow window = new(null, [steps, units], 2);
        Check(new QuantizedProduct(window), [rows, steps], kernel, Tensor.Scalar((sbyte)0));
        Check(new QuantizedProduct(window), [rows, steps], kernel, Tensor.Scalar((sbyte)0), perRow: true);
        Check(new QuantizedProduct(window, HasBias: true, Low: 0, GivesBytes: true), [rows, steps], kernel, Tensor.Scalar((sbyte)0), perRow: true);
    }

    [Fact]
    public void The_largest_bytes_and_weights_do_not_overflow()
    {
        foreach (int weight in new[] { -128, 127 })
        {
            QuantizedProduct op = new(new(null, [1027, 19], 2));
            Tensor bytes = Tensor.Full([5, 1027], 255, DataType.UInt8);
            foreach (Multiplier multiply in Widths)
            {
                Tensor result = multiply(
                    op, Tensor.Full([1027, 19], weight, DataType.Int8), Tensor.Scalar((sbyte)0),
                    packed => [bytes, .. packed, Tensor.Ones([19]), Tensor.Scalar(1f), Tensor.Scalar((byte)0)], new TensorType(DataType.Float32, [5, 19]));
                Assert.All(result.ToArray<float>(), value => Assert.Equal(255f * 1027 * weight, value));
            }
        }
    }

    [Theory]
    [InlineData(false, false, QuantizedResidual.None, 0, float.PositiveInfinity, true)]
    [InlineData(true, false, QuantizedResidual.Numbers, 0, 6, false)]
    [InlineData(true, false, QuantizedResidual.Bytes, float.NegativeInfinity, float.PositiveInfinity, true)]
    [InlineData(true, true, QuantizedResidual.None, 0, float.PositiveInfinity, true)]
    [InlineData(false, true, QuantizedResidual.None, float.NegativeInfinity, 3, false)]
    internal void What_is_behind_a_convolution_is_as_one_result_after_the_other(bool bias, bool pools, QuantizedResidual residual, float low, float high, bool bytes)
    {
        foreach ((int[] images, int outputs) in new (int[], int)[] { ([2, 11, 9, 6], 21), ([1, 40, 37, 4], 21), ([3, 6, 7, 16], 21), ([2, 15, 12, 2], 32) })
        {
            int[] weights = [3, 3, images[3], outputs];
            MaxPooling? pooling = pools ? new(new Size2D(3, 2), new Window(2, 2, 1, 0, 0, 1, 1, 1)) : null;
            QuantizedProduct op = new(new(new Nabla.Ops.Convolutions.Convolution(new Window(1, 1, 1, 1, 0, 1, 1, 1), 1), weights, 2), bias, residual, low, high, pooling, bytes);
            Check(op, images, Key.Integers(weights, -90, 90, DataType.Int8), Tensor.Scalar((sbyte)0));
        }
    }

    private static void Check(QuantizedProduct op, int[] shape, Tensor weights, Tensor weightZeros, bool perRow = false)
    {
        Operands operands = new(op, shape, perRow);
        int outputs = weights.Shape[-1];
        int[] zeros = operands.ZeroPoint.To(DataType.Int32).ToArray<int>();
        int[] ofWeights = weightZeros.Rank == 0 ? [.. Enumerable.Repeat(weightZeros.To(DataType.Int32).Item<int>(), outputs)] : weightZeros.To(DataType.Int32).ToArray<int>();
        long[] sums = op.Window.Convolution is { } convolution
            ? IntegerReference.Convolve(operands.Bytes, weights, zeros[0], ofWeights, convolution)
            : IntegerReference.Multiply(operands.Bytes, weights, perRow ? zeros : [.. Enumerable.Repeat(zeros[0], shape[0])], ofWeights);
        float[] results = [.. sums.Select((sum, index) => operands.Result(sum, index))];
        results = op.Pooling is { } pooling ? IntegerReference.Pool(results, op.Window.Results(shape), pooling) : results;
        TensorType type = op.Infer([.. operands.Inputs([Tensor.Zeros([1], DataType.Int8), Tensor.Zeros([outputs], DataType.Int32)]).Select(input => input.Type)])[0];
        foreach (Multiplier multiply in Widths)
        {
            Tensor got = multiply(op, weights, weightZeros, operands.Inputs, type);
            if (op.GivesBytes)
            {
                Assert.Equal(results.Select(value => IntegerReference.Quantize(value, Operands.ResultScale, Operands.ResultZero)), got.ToArray<byte>());
            }
            else
            {
                Assert.Equal(results, got.ToArray<float>());
            }
        }
    }

    private static Tensor Multiply<TVector, TLanes>(QuantizedProduct op, Tensor weights, Tensor weightZeros, Func<Tensor[], Tensor[]> inputs, TensorType result)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector>
    {
        QuantizedPacking packing = new(op.Window, QuantizedProductKernels.BytesOf<TVector, TLanes>(op.Window));
        Tensor[] packed = [.. packing.Infer([weights.Type, weightZeros.Type]).Select(Tensor.Allocate)];
        QuantizedProductKernels.Pack<TVector, TLanes>(packing, [weights, weightZeros], packed);
        Tensor output = Tensor.Allocate(result);
        Tensor[] operands = inputs(packed);
        QuantizedProductKernels.Multiply<TVector, TLanes>(op, operands, output);
        GC.KeepAlive(operands);
        return output;
    }

    /// <summary>Random operands of a product.</summary>
    private sealed class Operands(QuantizedProduct op, int[] shape, bool perRow)
    {
        public const float ResultScale = 0.37f;
        public const int ResultZero = 31;

        private readonly Shape results = op.Window.Results(shape);
        private readonly Shape scales = perRow ? [shape[0]] : Shape.Scalar;

        public Tensor Bytes { get; } = Key.Fold(2).Integers(shape, 0, 256, DataType.UInt8);

        public Tensor ZeroPoint => Key.Fold(3).Integers(scales, 0, 256, DataType.UInt8);

        private Tensor Scale => Key.Fold(4).Uniform(scales, 0.001, 0.01);

        private Tensor WeightScales => Key.Fold(5).Uniform([results[-1]], 0.01, 0.1);

        private Tensor Bias => Key.Fold(6).Uniform([results[-1]], -5, 5);

        private Tensor Numbers => Key.Fold(7).Uniform(results, -9, 9);

        private Tensor ResidualBytes => Key.Fold(8).Integers(results, 0, 256, DataType.UInt8);

        public Tensor[] Inputs(Tensor[] packed) =>
        [
            Bytes, .. packed, WeightScales, Scale, ZeroPoint,
            .. op.HasBias ? [Bias] : (Tensor[])[],
            .. op.Residual switch
            {
                QuantizedResidual.Numbers => [Numbers],
                QuantizedResidual.Bytes => [ResidualBytes, Tensor.Scalar(0.05f), Tensor.Scalar((byte)99)],
                _ => (Tensor[])[],
            },
            .. op.GivesBytes ? [Tensor.Scalar(ResultScale), Tensor.Scalar((byte)ResultZero)] : (Tensor[])[],
        ];

        public float Result(long sum, int index)
        {
            (float[] scale, float[] weightScales, float[] bias, float[] numbers, byte[] bytes) = Known();
            (int row, int column) = Math.DivRem(index, results[-1]);
            float residual = op.Residual switch
            {
                QuantizedResidual.Numbers => numbers[index],
                QuantizedResidual.Bytes => (bytes[index] - 99) * 0.05f,
                _ => 0,
            };
            return IntegerReference.Result(op, sum, scale[perRow ? row : 0], weightScales[column], op.HasBias ? bias[column] : 0, residual);
        }

        private (float[] Scale, float[] WeightScales, float[] Bias, float[] Numbers, byte[] Bytes)? values;

        private (float[] Scale, float[] WeightScales, float[] Bias, float[] Numbers, byte[] Bytes) Known() => values ??=
            (Scale.ToArray<float>(), WeightScales.ToArray<float>(), Bias.ToArray<float>(), Numbers.ToArray<float>(), ResidualBytes.ToArray<byte>());
    }
}
