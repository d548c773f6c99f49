using Nabla.Ops.Products;

namespace Nabla.Tests.Ops;

public sealed class MatMulTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 33, 5)]
    [InlineData(65, 31, 1030)]
    [InlineData(130, 97, 64)]
    public void Matrix_product_equals_the_naive_sum(int rows, int columns, int inner)
    {
        foreach ((bool transposeLeft, bool transposeRight) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            Tensor left = GradientCheck.Random(transposeLeft ? [inner, rows] : [rows, inner], 1);
            Tensor right = GradientCheck.Random(transposeRight ? [columns, inner] : [inner, columns], 2);
            MatMul op = new(transposeLeft, transposeRight);
            Tensor result = op.ApplyOne(left, right);
            Tensor single = op.ApplyOne(left.To(DataType.Float32), right.To(DataType.Float32));
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double expected = 0;
                    for (int p = 0; p < inner; p++)
                    {
                        expected += left.AsSpan<double>()[transposeLeft ? (p * rows) + row : (row * inner) + p]
                            * right.AsSpan<double>()[transposeRight ? (column * inner) + p : (p * columns) + column];
                    }

                    Assert.Equal(expected, result.AsSpan<double>()[(row * columns) + column], 1e-10);
                    Assert.Equal(expected, single.AsSpan<float>()[(row * columns) + column], 1e-4);
                }
            }
        }
    }

    [Fact]
    public void Matrices_that_do_not_fit_are_refused_with_both_shapes()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 3]).MatMul(Tensor.Zeros([4, 5])));
        Assert.Equal("MatMul expects [rows, inner] and [inner, columns] but got [2, 3] and [4, 5].", error.Message);
    }

    [Theory]
    [InlineData(new[] { 3, 5, 7 }, new[] { 3, 7, 4 })]
    [InlineData(new[] { 3, 5, 7 }, new[] { 7, 4 })]
    [InlineData(new[] { 5, 7 }, new[] { 3, 7, 4 })]
    [InlineData(new[] { 2, 1, 5, 7 }, new[] { 3, 7, 4 })]
    [InlineData(new[] { 2, 3, 1, 1, 5, 7 }, new[] { 3, 4, 2, 7, 1 })]
    [InlineData(new[] { 40, 33, 31 }, new[] { 40, 31, 35 })]
    [InlineData(new[] { 7 }, new[] { 7 })]
    [InlineData(new[] { 7 }, new[] { 3, 7, 4 })]
    [InlineData(new[] { 3, 5, 7 }, new[] { 7 })]
    [InlineData(new[] { 0, 5, 7 }, new[] { 7, 2 })]
    public void Products_of_batches_equal_those_of_their_parts(int[] left, int[] right)
    {
        Tensor x = GradientCheck.Random(left, 3);
        Tensor y = GradientCheck.Random(right, 4);
        Shape wideLeft = left.Length == 1 ? [1, .. left] : left;
        Shape wideRight = right.Length == 1 ? [.. right, 1] : right;
        Shape batch = Shape.Broadcast([.. wideLeft.AsSpan()[..^2]], [.. wideRight.AsSpan()[..^2]])!;
        Tensor[] lefts = Parts(x.Reshape(wideLeft.AsSpan()), batch);
        Tensor[] rights = Parts(y.Reshape(wideRight.AsSpan()), batch);
        double[] expected = [.. lefts.Zip(rights).SelectMany(pair => pair.First.MatMul(pair.Second).ToArray<double>())];
        Shape shape = [.. batch, .. left.Length == 1 ? Shape.Scalar : [wideLeft[-2]], .. right.Length == 1 ? Shape.Scalar : [wideRight[-1]]];
        Tensor result = x.MatMul(y);
        Assert.Equal(shape, result.Shape);
        Assert.Equal(expected, result.ToArray<double>());
        Assert.Equal(expected, x.To(DataType.Float32).MatMul(y.To(DataType.Float32)).To(DataType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
        if (left.Length > 1 && right.Length > 1)
        {
            Assert.Equal(expected, Swapped(x).MatMul(Swapped(y), transposeLeft: true, transposeRight: true).ToArray<double>());
            Assert.Equal(expected, x.MatMul(Swapped(y), transposeRight: true).ToArray<double>());
        }
    }

    [Fact]
    public void Products_of_batches_have_the_gradient_of_differences()
    {
        GradientCheck.Verify(inputs => inputs[0].MatMul(inputs[1]), GradientCheck.Random([2, 1, 2, 3], 5), GradientCheck.Random([2, 3, 2], 6));
        GradientCheck.Verify(inputs => inputs[0].MatMul(inputs[1], transposeLeft: true), GradientCheck.Random([2, 3, 2], 7), GradientCheck.Random([3, 2], 8));
        GradientCheck.Verify(inputs => inputs[0].MatMul(inputs[1], transposeRight: true), GradientCheck.Random([2, 2, 3], 9), GradientCheck.Random([2, 3], 10));
        GradientCheck.Verify(inputs => inputs[0].MatMul(inputs[1]), GradientCheck.Random([3], 11), GradientCheck.Random([2, 3, 2], 12));
    }

    [Fact]
    public void Batches_that_do_not_fit_are_refused_with_both_shapes()
    {
        Tensor x = Tensor.Zeros([2, 3, 4]);
        Assert.Equal(
            "MatMul expects batches that broadcast but got [2, 3, 4] and [3, 4, 5].",
            Assert.Throws<ArgumentException>(() => x.MatMul(Tensor.Zeros([3, 4, 5]))).Message);
        Assert.Equal(
            "MatMul expects [rows, inner] and [inner, columns] but got [2, 3, 4] and [5, 6].",
            Assert.Throws<ArgumentException>(() => x.MatMul(Tensor.Zeros([5, 6]))).Message);
        Assert.Contains("[]", Assert.Throws<ArgumentException>(() => x.MatMul(Tensor.Scalar(1f))).Message, StringComparison.Ordinal);
    }

    private static Tensor Swapped(Tensor x) => x.Transpose([.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    private static Tensor[] Parts(Tensor x, Shape batch)
    {
        Tensor all = x.BroadcastTo([.. batch, x.Shape[-2], x.Shape[-1]]).Reshape(batch.ElementCount, x.Shape[-2], x.Shape[-1]);
        return [.. Enumerable.Range(0, batch.ElementCount).Select(index => all.Slice(0, index, 1).Reshape(x.Shape[-2], x.Shape[-1]))];
    }
}
