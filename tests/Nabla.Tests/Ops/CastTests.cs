namespace Nabla.Tests.Ops;

public sealed class CastTests
{
    private static readonly DataType[] Types = [DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.Int8, DataType.Bool];

    [Fact]
    public void Small_whole_numbers_keep_their_value_in_every_type()
    {
        int[] numbers = [.. Enumerable.Range(0, 1003).Select(index => index * 7 % 128)];
        Tensor source = Tensor.From(numbers);
        foreach (DataType from in Types.Where(type => type != DataType.Bool))
        {
            foreach (DataType to in Types)
            {
                int[] expected = to == DataType.Bool ? [.. numbers.Select(number => number == 0 ? 0 : 1)] : numbers;
                Assert.Equal(expected, source.To(from).To(to).To(DataType.Int32).ToArray<int>());
            }
        }
    }

    [Fact]
    public void Fractions_are_cut_off_and_what_does_not_fit_is_clamped()
    {
        Tensor x = Tensor.From(-1.9f, 1.9f, 300.5f, -5f, 1e20f, -1e20f, float.NaN, 0.4f);
        Assert.Equal([-1, 1, 300, -5, int.MaxValue, int.MinValue, 0, 0], x.To(DataType.Int32).ToArray<int>());
        Assert.Equal([-1, 1, 300, -5, long.MaxValue, long.MinValue, 0, 0], x.To(DataType.Int64).ToArray<long>());
        Assert.Equal(new byte[] { 0, 1, 255, 0, 255, 0, 0, 0 }, x.To(DataType.UInt8).ToArray<byte>());
        Assert.Equal(new sbyte[] { -1, 1, 127, -5, 127, -128, 0, 0 }, x.To(DataType.Int8).ToArray<sbyte>());
        Assert.Equal([true, true, true, true, true, true, true, true], x.To(DataType.Bool).ToArray<bool>());
        Assert.Equal(new byte[] { 255, 0 }, Tensor.From(1000L, -1000L).To(DataType.UInt8).ToArray<byte>());
        Assert.Equal([0f, 1f], Tensor.From(false, true).To(DataType.Float32).ToArray<float>());
    }

    [Fact]
    public void Casts_have_the_gradient_of_differences() =>
        GradientCheck.Verify(inputs => (inputs[0] * 3).To(DataType.Float64), GradientCheck.Random([3, 5], 1));

    [Fact]
    public void The_gradient_of_a_cast_has_the_type_of_its_input()
    {
        Tensor x = Tensor.From(1f, 2f);
        Tensor gradient = Transforms.Gradients.ValueAndGradient(() => x.To(DataType.Float64).Square().Sum(), x).Gradients[0];
        Assert.Equal([2f, 4f], gradient.ToArray<float>());
    }
}
