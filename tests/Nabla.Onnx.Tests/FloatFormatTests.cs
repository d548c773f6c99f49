namespace Nabla.Onnx.Tests;

/// <summary>Small floating-point formats: every number of them, and what is between.</summary>
public sealed class FloatFormatTests
{
    [Theory]
    [InlineData(OnnxTypes.Float8E4M3FN, 8, 0x7E, 448, 0x01, 0.001953125)]
    [InlineData(OnnxTypes.Float8E4M3FNUZ, 8, 0x7F, 240, 0x01, 0.0009765625)]
    [InlineData(OnnxTypes.Float8E5M2, 8, 0x7B, 57344, 0x01, 1.52587890625e-5)]
    [InlineData(OnnxTypes.Float8E5M2FNUZ, 8, 0x7F, 57344, 0x01, 7.62939453125e-6)]
    [InlineData(OnnxTypes.Float4E2M1, 4, 0x7, 6, 0x1, 0.5)]
    [InlineData(OnnxTypes.Float16, 16, 0x7BFF, 65504, 0x0001, 5.9604644775390625e-8)]
    public void The_largest_and_the_smallest_number_are_those_of_the_paper(int type, int width, int largestBits, double largest, int leastBits, double least)
    {
        FloatFormat format = FloatFormat.Of(type)!;
        Assert.Equal(largest, format.Decode(largestBits, width));
        Assert.Equal(least, format.Decode(leastBits, width));
        Assert.Equal(-largest, format.Decode(largestBits | (1 << (width - 1)), width));
    }

    [Theory]
    [InlineData(OnnxTypes.Float8E4M3FN, 8)]
    [InlineData(OnnxTypes.Float8E4M3FNUZ, 8)]
    [InlineData(OnnxTypes.Float8E5M2, 8)]
    [InlineData(OnnxTypes.Float8E5M2FNUZ, 8)]
    [InlineData(OnnxTypes.Float4E2M1, 4)]
    [InlineData(OnnxTypes.Float8E8M0, 8)]
    public void Every_number_stays_and_what_lies_between_goes_to_the_nearer(int type, int width)
    {
        FloatFormat format = FloatFormat.Of(type)!;
        float[] numbers = [.. Enumerable.Range(0, 1 << width).Select(bits => format.Decode(bits, width)).Where(float.IsFinite).Distinct().Order()];
        Assert.All(numbers, number => Assert.Equal(number, format.Round(number, saturate: false)));
        for (int index = 1; index < numbers.Length; index++)
        {
            (double below, double above) = (numbers[index - 1], numbers[index]);
            Assert.Equal(numbers[index - 1], format.Round((float)(below + (0.49 * (above - below))), saturate: true));
            Assert.Equal(numbers[index], format.Round((float)(below + (0.51 * (above - below))), saturate: true));
        }
    }

    [Fact]
    public void Half_floats_round_as_the_runtime_does()
    {
        FloatFormat format = FloatFormat.Of(OnnxTypes.Float16)!;
        Random random = new(3);
        for (int round = 0; round < 20_000; round++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            Assert.Equal((float)(Half)value, format.Round(value, saturate: false));
        }
    }

    [Fact]
    public void What_is_too_large_is_held_or_leaves_the_numbers()
    {
        FloatFormat withInfinity = FloatFormat.Of(OnnxTypes.Float8E5M2)!;
        FloatFormat without = FloatFormat.Of(OnnxTypes.Float8E4M3FN)!;
        Assert.Equal(57344, withInfinity.Round(1e6f, saturate: true));
        Assert.Equal(float.NegativeInfinity, withInfinity.Round(-1e6f, saturate: false));
        Assert.Equal(-448, without.Round(float.NegativeInfinity, saturate: true));
        Assert.Equal(float.NaN, without.Round(1000, saturate: false));
    }
}
