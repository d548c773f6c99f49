using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class ConvolutionGradientTests
{
    [Theory]
    [InlineData(1, 1, 0, 0, 1, 1, 1)]
    [InlineData(2, 1, 1, 2, 1, 2, 1)]
    [InlineData(1, 3, 0, 1, 2, 1, 2)]
    public void Convolution_has_the_gradient_of_differences(int strideY, int strideX, int padTop, int padRight, int dilationY, int dilationX, int groups)
    {
        Convolution op = new(new Window(strideY, strideX, padTop, 1, 0, padRight, dilationY, dilationX), groups);
        Verify(inputs => op.ApplyOne(inputs[0], inputs[1]), Random([2, 5, 6, 2], 10), Random([2, 3, 2 / groups, 2], 11));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Convolution_with_bias_and_rectifier_has_the_gradient_of_differences(bool relu) => Verify(
        inputs => ConvolutionOps.Convolve(inputs[0], inputs[1], inputs[2], (2, 1), Padding.Same, 1, 1, relu),
        Random([2, 4, 5, 2], 1), Random([3, 2, 2, 3], 2), Random([3], 3));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Convolution_with_a_residual_has_the_gradient_of_differences(bool relu) => Verify(
        inputs => new Convolution(new Window(1, 1, 1, 1, 1, 1), 1, relu, Residual: true).ApplyOne(inputs),
        Random([2, 4, 3, 2], 1), Random([3, 3, 2, 5], 2), Random([5], 3), Random([2, 4, 3, 5], 4));

    [Fact]
    public void A_residual_has_the_shape_of_the_result()
    {
        Convolution op = new(new Window(), 1, Residual: true);
        ArgumentException error = Assert.Throws<ArgumentException>(() => op.Apply(Tensor.Zeros([1, 4, 4, 2]), Tensor.Zeros([3, 3, 2, 5]), Tensor.Zeros([1, 4, 4, 5])));
        Assert.Contains("[1, 2, 2, 5] to add", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => op.Apply(Tensor.Zeros([1, 4, 4, 2]), Tensor.Zeros([1, 1, 2, 5]), Tensor.Zeros([1, 4, 4, 5])));
    }

    [Fact]
    public void Convolution_of_sequences_has_the_gradient_of_differences() => Verify(
        inputs => inputs[0].Conv1D(inputs[1], inputs[2], stride: 2, new Padding(2, 1), dilation: 2, groups: 2),
        Random([2, 7, 4], 4), Random([3, 2, 2], 5), Random([2], 6));

    [Theory]
    [InlineData(1, 0, 0, 1, 1)]
    [InlineData(2, 1, 1, 1, 2)]
    [InlineData(3, 0, 2, 2, 1)]
    public void Transposed_convolution_has_the_gradient_of_differences(int stride, int padding, int outputPadding, int dilation, int groups) => Verify(
        inputs => inputs[0].Conv2DTranspose(inputs[1], inputs[2], stride, padding, outputPadding, dilation, groups),
        Random([2, 3, 2, 2], 7), Random([2, 3, 2 / groups, 2], 8), Random([2], 9));

    [Fact]
    public void Depthwise_convolution_has_the_gradient_of_differences() => Verify(
        inputs => inputs[0].DepthwiseConv2D(inputs[1], inputs[2], (1, 2), Padding.Same),
        Random([2, 4, 5, 3], 10), Random([3, 2, 3, 2], 11), Random([6], 12));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pooled_convolution_has_the_gradient_of_differences(bool relu)
    {
        PooledConvolution op = new(new Convolution(new Window(1, 1, 1, 1, 1, 1), 1, relu), new MaxPooling((2, 3), new Window(2, 2)));
        Verify(inputs => op.ApplyOne(inputs), Random([2, 4, 5, 2], 1), Random([3, 3, 2, 2], 2), Random([2], 3));
    }

    [Fact]
    public void Pooled_convolution_over_whole_vectors_has_the_gradient_of_differences()
    {
        PooledConvolution op = new(new Convolution(new Window(), 1, Relu: true), new MaxPooling(2, new Window(2, 2)));
        Verify(inputs => op.ApplyOne(inputs), Random([1, 4, 4, 16], 4), Random([2, 1, 16, 2], 5), Random([2], 6));
    }

    [Fact]
    public void Pooled_convolution_and_its_parts_give_the_same()
    {
        Tensor[] inputs = [Random([3, 9, 8, 16], 1).To(DataType.Float32), Random([3, 3, 16, 24], 2).To(DataType.Float32), Random([24], 3).To(DataType.Float32)];
        PooledConvolution op = new(new Convolution(new Window(), 1, Relu: true), new MaxPooling(2, new Window(2, 2)));
        (_, Tensor[] expected) = Transforms.Gradients.ValueAndGradient(() => (inputs[0].Conv2D(inputs[1]) + inputs[2]).Relu().MaxPool2D(2).Square().Sum(), inputs);
        (_, Tensor[] actual) = Transforms.Gradients.ValueAndGradient(() => op.ApplyOne(inputs).Square().Sum(), inputs);
        for (int input = 0; input < inputs.Length; input++)
        {
            double scale = expected[input].Square().Mean().ToDouble();
            Assert.InRange((expected[input] - actual[input]).Square().Mean().ToDouble(), 0, 1e-10 * scale);
        }
    }
}
