using Nabla.Ops.Products;
using Nabla.Transforms;

namespace Nabla.Tests.Ops;

public sealed class GroupedProductTests
{
    [Theory]
    [InlineData(1, 7, 5, 4, 2)]
    [InlineData(1, 130, 193, 4, 64)]
    [InlineData(1, 96, 64, 8, 32)]
    [InlineData(5, 33, 65, 4, 16)]
    [InlineData(2, 64, 128, 8, 128)]
    [InlineData(35, 51, 129, 4, 32)]
    [InlineData(3, 1, 1, 8, 2)]
    [InlineData(0, 4, 64, 4, 2)]
    public void Products_and_columns_equal_plain_loops(int rows, int inputs, int outputs, int bits, int group)
    {
        (GroupedFormat format, Tensor packed, Tensor scales) = Weights(inputs, outputs, bits, group);
        double[,] weights = Naive(format, packed, scales);
        Tensor x = RandomKey.FromSeed(3).Normal([rows, inputs]);
        float[] values = x.ToArray<float>();
        float[] actual = new GroupedProduct(format).ApplyOne(x, packed, scales).ToArray<float>();
        for (int index = 0; index < actual.Length; index++)
        {
            (int row, int output) = Math.DivRem(index, outputs);
            double expected = Enumerable.Range(0, inputs).Sum(input => values[(row * inputs) + input] * weights[input, output]);
            double size = Enumerable.Range(0, inputs).Sum(input => Math.Abs(values[(row * inputs) + input] * weights[input, output]));
            Assert.Equal(expected, actual[index], 1e-6 * (1 + size));
        }

        Tensor indices = Tensor.From([outputs - 1, 0, outputs / 2], [3, 1]);
        Tensor columns = new GroupedColumns(format).ApplyOne(indices, packed, scales);
        Assert.Equal([3, 1, inputs], columns.Shape);
        Assert.Equal(Enumerable.Range(0, inputs).Select(input => (float)weights[input, outputs / 2]), columns.ToArray<float>()[(2 * inputs)..]);
        Tensor whole = new GroupedWhole(format).ApplyOne(packed, scales);
        Assert.Equal(weights.Cast<double>().Select(weight => (float)weight), whole.ToArray<float>());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void A_row_has_the_same_bits_alone_and_among_others(int bits)
    {
        (GroupedFormat format, Tensor packed, Tensor scales) = Weights(70, 130, bits, 32);
        Tensor x = RandomKey.FromSeed(4).Normal([40, 70]);
        float[] together = new GroupedProduct(format).ApplyOne(x, packed, scales).ToArray<float>();
        for (int row = 0; row < 40; row++)
        {
            Assert.Equal(together[(row * 130)..((row + 1) * 130)], new GroupedProduct(format).ApplyOne(x.Slice(0, row, 1), packed, scales).ToArray<float>());
        }
    }

    [Fact]
    public void The_gradient_of_the_rows_is_that_of_a_plain_product()
    {
        (GroupedFormat format, Tensor packed, Tensor scales) = Weights(9, 6, 4, 4);
        Tensor x = RandomKey.FromSeed(5).Normal([3, 9]);
        Tensor weights = new GroupedWhole(format).ApplyOne(packed, scales);
        Tensor grouped = Gradients.ValueAndGradient(() => new GroupedProduct(format).ApplyOne(x, packed, scales).Square().Sum(), x).Gradients[0];
        Tensor plain = Gradients.ValueAndGradient(() => x.MatMul(weights).Square().Sum(), x).Gradients[0];
        float[] terms = (x.Abs().MatMul(weights.Abs()) * 2).MatMul(weights.Abs().Transpose()).ToArray<float>();
        Assert.All(
            grouped.ToArray<float>().Zip(plain.ToArray<float>(), terms), triple => Assert.Equal(triple.Second, triple.First, 1e-6 * (1 + triple.Third)));
    }

    [Fact]
    public void Other_shapes_are_refused()
    {
        (GroupedFormat format, Tensor packed, Tensor scales) = Weights(8, 6, 4, 4);
        Assert.Contains("[rows, 8]", Assert.Throws<ArgumentException>(() => new GroupedProduct(format).ApplyOne(Tensor.Zeros([2, 7]), packed, scales)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GroupedProduct(format with { Bits = 8 }).ApplyOne(Tensor.Zeros([2, 8]), packed, scales));
        Assert.Throws<ArgumentException>(() => new GroupedColumns(format).ApplyOne(Tensor.From([6]), packed, scales));
    }

    private static (GroupedFormat Format, Tensor Packed, Tensor Scales) Weights(int inputs, int outputs, int bits, int group)
    {
        GroupedFormat format = new(bits, group, inputs);
        Tensor packed = RandomKey.FromSeed(1).Integers([format.PackedRows, outputs], 0, 256, DataType.UInt8);
        return (format, packed, RandomKey.FromSeed(2).Normal([format.Groups, outputs]));
    }

    private static double[,] Naive(GroupedFormat format, Tensor packed, Tensor scales)
    {
        int outputs = packed.Shape[1];
        byte[] bytes = packed.ToArray<byte>();
        float[] factors = scales.ToArray<float>();
        double[,] weights = new double[format.Inputs, outputs];
        for (int input = 0; input < format.Inputs; input++)
        {
            for (int output = 0; output < outputs; output++)
            {
                int held = format.Bits == 8
                    ? bytes[(input * outputs) + output] - 128
                    : (input % 2 == 0 ? bytes[(input / 2 * outputs) + output] % 16 : bytes[(input / 2 * outputs) + output] / 16) - 8;
                weights[input, output] = (float)held * factors[(input / format.Group * outputs) + output];
            }
        }

        return weights;
    }
}
