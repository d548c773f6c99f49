using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Tensors;

public sealed class IndexerTests
{
    private static readonly Tensor X = Tensor.Range(2 * 3 * 5).Reshape(2, 3, 5);

    [Fact]
    public void One_element_of_an_axis_takes_the_axis_away()
    {
        Check(X[1], [3, 5], [.. Enumerable.Range(15, 15)]);
        Check(X[-1, ^1], [5], [25, 26, 27, 28, 29]);
        Check(X[1, 0, 2], [], [17]);
        Check(X[.., .., ^2], [2, 3], [3, 8, 13, 18, 23, 28]);
    }

    [Fact]
    public void Ranges_keep_their_axis()
    {
        Check(X[.., 1..3, ^1], [2, 2], [9, 14, 24, 29]);
        Check(X[1.., ..1, 1..^1], [1, 1, 3], [16, 17, 18]);
        Check(X[0, 1..1], [0, 5], []);
        Assert.Same(X, X[..]);
    }

    [Fact]
    public void Steps_skip_elements_or_go_backwards()
    {
        Check(X[0, 0, Slicing.Every(.., 2)], [3], [0, 2, 4]);
        Check(X[0, 0, Slicing.Every(1.., 3)], [2], [1, 4]);
        Check(X[0, 0, Slicing.Every(.., -1)], [5], [4, 3, 2, 1, 0]);
        Check(X[0, Slicing.Every(.., -2), Slicing.Every(..4, -2)], [2, 2], [13, 11, 3, 1]);
    }

    [Fact]
    public void Ellipses_stand_for_the_other_axes_and_new_axes_have_size_one()
    {
        Check(X[Slicing.Ellipsis, 0], [2, 3], [0, 5, 10, 15, 20, 25]);
        Check(X[0, Slicing.Ellipsis, 1..2], [3, 1], [1, 6, 11]);
        Check(X[0, 0, Slicing.NewAxis, 2..4], [1, 2], [2, 3]);
        Check(X[0, 0, 0, Slicing.NewAxis], [1], [0]);
    }

    [Fact]
    public void Parts_have_the_gradient_of_differences()
    {
        Tensor x = Random([3, 4, 5], 1);
        Verify(inputs => inputs[0][1.., ^2, Slicing.Every(.., 2)].Square(), x);
        Verify(inputs => inputs[0][Slicing.Ellipsis, Slicing.Every(1.., -3)].Square(), x);
    }

    [Fact]
    public void Parts_that_do_not_exist_are_refused_with_the_shape()
    {
        Assert.Equal("Axis 1 of [2, 3, 5] has no part 3.", Assert.Throws<ArgumentException>(() => X[0, 3]).Message);
        Assert.Contains("^4", Assert.Throws<ArgumentException>(() => X[0, ^4]).Message, StringComparison.Ordinal);
        Assert.Contains("2..6", Assert.Throws<ArgumentException>(() => X[0, 0, 2..6]).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3, 5]", Assert.Throws<ArgumentException>(() => X[0, 0, 0, 0]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Slicing.Every(.., 0));
    }

    private static void Check(Tensor part, Shape shape, int[] expected)
    {
        Assert.Equal(shape, part.Shape);
        Assert.Equal(expected, part.ToArray<int>());
    }
}
