using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class ShapeOpsTests
{
    [Fact]
    public void Transpose_moves_each_element_to_its_place()
    {
        Tensor x = Tensor.Range(24).Reshape(2, 3, 4);
        ReadOnlySpan<int> moved = x.Transpose(2, 0, 1).AsSpan<int>();
        for (int index = 0; index < 24; index++)
        {
            (int a, int b, int c) = (index / 12, index / 4 % 3, index % 4);
            Assert.Equal(index, moved[(c * 6) + (a * 3) + b]);
        }
    }

    [Fact]
    public void Transposing_twice_and_joining_what_was_split_change_nothing()
    {
        Tensor x = Random([3, 4, 5, 2], 1);
        Assert.Equal(x.ToArray<double>(), x.Transpose(3, 1, 0, 2).Transpose(2, 1, 3, 0).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), ShapeOps.Concatenate(1, x.Split(1, 2)).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), x.Pad(2, 3, 1).Slice(2, 3, 5).ToArray<double>());
    }

    [Fact]
    public void Slices_and_joins_have_the_values_of_their_places()
    {
        Tensor x = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([2, 3, 5, 6], x.Slice(1, 1, 2).ToArray<int>());
        Assert.Equal([0, 1, 2, 3, 0, 4, 5, 6], x.Pad(-1, 1, 0).ToArray<int>());
        Assert.Equal([1, 2, 3, 7, 4, 5, 6, 8], ShapeOps.Concatenate(1, x, Tensor.From([7, 8], [2, 1])).ToArray<int>());
        Assert.Equal([3, 2, 2], ShapeOps.Stack(-1, Tensor.Zeros([3, 2]), Tensor.Ones([3, 2])).Shape);
    }

    [Fact]
    public void Moves_have_the_gradient_of_differences()
    {
        Tensor x = Random([2, 3, 4], 2);
        Verify(inputs => inputs[0].Transpose(1, 2, 0).Square(), x);
        Verify(inputs => inputs[0].Slice(2, 1, 2).Square(), x);
        Verify(inputs => inputs[0].Pad(1, 1, 2).Square(), x);
        Verify(inputs => ShapeOps.Concatenate(1, inputs).Square(), x, Random([2, 1, 4], 3));
        Verify(inputs => ShapeOps.Stack(0, inputs[0], inputs[0].Square()), x);
    }

    [Fact]
    public void Moves_that_do_not_fit_are_refused_with_the_shapes()
    {
        Tensor x = Tensor.Zeros([2, 3]);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => x.Slice(1, 2, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 3]", Assert.Throws<ArgumentException>(() => ShapeOps.Concatenate(1, x, Tensor.Zeros([3, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("once", Assert.Throws<ArgumentException>(() => x.Transpose(0, 0)).Message, StringComparison.Ordinal);
    }
}
