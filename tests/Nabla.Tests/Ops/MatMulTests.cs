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
}
