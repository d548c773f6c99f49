namespace Nabla.Compression.Tests.Quantization;

public sealed class RangeSearchTests
{
    [Fact]
    public void The_whole_range_holds_zero()
    {
        AffineRange range = AffineRange.Between(1, 3);
        Assert.Equal((3 / 255f, (byte)0), (range.Scale, range.ZeroPoint));
        range = AffineRange.Between(-1, 3);
        Assert.Equal((4 / 255f, (byte)64), (range.Scale, range.ZeroPoint));
        Assert.Equal(new AffineRange(1, 0), AffineRange.Between(0, 0));
    }

    [Fact]
    public void A_percentile_leaves_out_as_many_as_it_says()
    {
        float[] numbers = [.. Enumerable.Range(0, 10_000).Select(number => (float)number)];
        AffineRange range = Find(numbers, new QuantizationOptions { Calibration = CalibrationMethod.Percentile, Percentile = 99 });
        Assert.Equal(0, range.ZeroPoint);
        Assert.InRange(range.Scale * 255, 9_890, 9_910);
        range = Find([.. numbers.Select(number => number - 5_000)], new QuantizationOptions { Calibration = CalibrationMethod.Percentile, Percentile = 98 });
        Assert.InRange(range.Scale * 255, 9_780, 9_820);
    }

    [Theory]
    [InlineData(CalibrationMethod.Entropy)]
    [InlineData(CalibrationMethod.MeanSquaredError)]
    public void What_lies_far_out_does_not_stretch_the_range(CalibrationMethod method)
    {
        float[] numbers = [.. Normal(100_000), 60, -50];
        AffineRange range = Find(numbers, new QuantizationOptions { Calibration = method });
        Assert.InRange(range.Scale * 255, 4, 100);
    }

    [Fact]
    public void The_squared_error_is_the_least_of_all_ranges()
    {
        float[] numbers = [.. Normal(20_000), .. Enumerable.Repeat(20f, 3)];
        AffineRange found = Find(numbers, new QuantizationOptions { Calibration = CalibrationMethod.MeanSquaredError });
        double least = Enumerable.Range(1, 200).Min(part => Error(AffineRange.Between(numbers.Min(), 20.0 * part / 200)));
        Assert.InRange(Error(found), 0, 1.1 * least);

        double Error(AffineRange range) => numbers.Average(number =>
        {
            double level = Math.Clamp(Math.Round(number / range.Scale) + range.ZeroPoint, 0, 255);
            double error = number - ((level - range.ZeroPoint) * range.Scale);
            return error * error;
        });
    }

    private static AffineRange Find(float[] numbers, QuantizationOptions options)
    {
        ActivationValues values = new();
        values.Widen(Tensor.From(numbers), "x");
        values.Count(Tensor.From(numbers));
        return RangeSearch.Find(values, options);
    }

    private static float[] Normal(int count) => RandomKey.FromSeed(2).Normal([count]).ToArray<float>();
}
