using System.Numerics.Tensors;

namespace Nabla.Tests.Tensors;

public sealed class ConversionTests
{
    [Fact]
    public void Tensors_of_the_platform_come_and_go_with_their_shape()
    {
        Tensor<float> platform = System.Numerics.Tensors.Tensor.Create([1f, 2, 3, 4, 5, 6], [2, 3]);
        Tensor x = Tensor.From(platform);
        Assert.Equal([2, 3], x.Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], x.ToArray<float>());
        Tensor<float> back = x.ToNumerics<float>();
        Assert.Equal([2, 3], back.Lengths.ToArray());
        Assert.Equal(6f, back[1, 2]);
        Assert.Equal(4f, x.AsTensorSpan<float>()[1, 0]);
    }

    [Fact]
    public void Parts_of_tensors_of_the_platform_are_copied_without_their_gaps()
    {
        Tensor<int> platform = System.Numerics.Tensors.Tensor.Create([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([2, 3, 5, 6], Tensor.From(platform.Slice(0..2, 1..3)).ToArray<int>());
    }

    [Fact]
    public void Another_type_of_element_is_refused_with_both_names()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([2]).ToNumerics<double>());
        Assert.Contains("float32", error.Message, StringComparison.Ordinal);
        Assert.Contains("float64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Close_numbers_differ_by_little_and_NaN_is_close_to_nothing()
    {
        Tensor x = Tensor.From(1.0, 100, 0, double.PositiveInfinity, double.NaN, double.PositiveInfinity);
        Tensor y = Tensor.From(1.00001, 100.002, 1e-7, double.PositiveInfinity, double.NaN, 1);
        Assert.Equal([true, false, false, true, false, false], x.IsClose(y, 1.1e-5, 1e-8).ToArray<bool>());
        Assert.True(x[..1].AllClose(y[..1], 1.1e-5));
        Assert.False(x.AllClose(y));
        Assert.False(Tensor.From(1f).AllClose(Tensor.From(double.PositiveInfinity)));
        Assert.True(Tensor.From(1, 2).AllClose(Tensor.From(1f, 2f)));
    }

    [Fact]
    public void Text_shows_type_shape_and_values()
    {
        Assert.Equal("int32 [2, 2] [[1, 2],\n [3, 4]]", Tensor.From([1, 2, 3, 4], [2, 2]).ToString().Replace("\n  ", "\n ", StringComparison.Ordinal));
        string text = Tensor.Range(1000).ToString();
        Assert.StartsWith("int32 [1000] [0, 1, 2, ..., 997, 998, 999", text, StringComparison.Ordinal);
        Assert.Equal("bool [] true", Tensor.Scalar(true).ToString());
    }
}
