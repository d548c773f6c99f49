using Nabla.Ops.Products;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class GradientTests
{
    [Theory]
    [InlineData(new[] { 3, 5 }, new[] { 3, 5 })]
    [InlineData(new[] { 3, 5 }, new[] { 5 })]
    [InlineData(new[] { 2, 1, 3 }, new[] { 4, 1 })]
    [InlineData(new int[0], new[] { 2, 3 })]
    public void Arithmetic_that_broadcasts_has_the_gradient_of_differences(int[] left, int[] right)
    {
        Tensor x = Random(left, 1);
        Tensor y = Random(right, 2, 0.5, 2);
        Verify(inputs => inputs[0] + inputs[1], x, y);
        Verify(inputs => inputs[0] - inputs[1], x, y);
        Verify(inputs => inputs[0] * inputs[1], x, y);
        Verify(inputs => inputs[0] / inputs[1], x, y);
    }

    [Fact]
    public void Functions_of_one_number_have_the_gradient_of_differences()
    {
        Tensor positive = Random([3, 7], 3, 0.3, 2);
        Verify(inputs => inputs[0].Exp(), Random([3, 7], 4));
        Verify(inputs => inputs[0].Log(), positive);
        Verify(inputs => inputs[0].Sqrt(), positive);
        Verify(inputs => (-inputs[0]).Relu() * inputs[0], Random([19], 5));
    }

    [Fact]
    public void Sums_and_repetitions_have_the_gradient_of_differences()
    {
        Tensor x = Random([2, 3, 4], 6);
        Verify(inputs => inputs[0].Sum(), x);
        Verify(inputs => inputs[0].Sum([0, 2]) * inputs[0].Sum([0, -1]), x);
        Verify(inputs => inputs[0].Mean([1], keepDimensions: true) * inputs[0], x);
        Verify(inputs => inputs[0].BroadcastTo([3, 2, 4]) * 2, Random([2, 1], 7));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Matrix_product_has_the_gradient_of_differences(bool transposeLeft, bool transposeRight) => Verify(
        inputs => new MatMul(transposeLeft, transposeRight).ApplyOne(inputs[0], inputs[1]),
        Random(transposeLeft ? [4, 3] : [3, 4], 8),
        Random(transposeRight ? [5, 4] : [4, 5], 9));

    [Fact]
    public void Log_softmax_and_pick_have_the_gradient_of_differences()
    {
        Verify(inputs => inputs[0].LogSoftmax(), Random([3, 5], 13));
        Tensor labels = Tensor.From(4, 0, 2);
        Verify(inputs => inputs[0].LogSoftmax().Pick(labels), Random([3, 5], 14));
    }
}
