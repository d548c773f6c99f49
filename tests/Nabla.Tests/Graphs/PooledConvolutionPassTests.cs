namespace Nabla.Tests.Graphs;

public sealed class PooledConvolutionPassTests
{
    private static readonly Tensor Images = PassCheck.Random(1, 3, 11, 9, 2);
    private static readonly Tensor Kernel = PassCheck.Random(2, 3, 3, 2, 5);
    private static readonly Tensor Bias = PassCheck.Random(3, 5);

    [Fact]
    public void A_convolution_its_bias_its_rectifier_and_its_pooling_are_one_op() =>
        Assert.Equal(["PooledConvolution"], PassCheck.Verify(x => [(x[0].Conv2D(x[1]) + x[2]).Relu().MaxPool2D(2)], Images, Kernel, Bias));

    [Fact]
    public void Backward_only_what_the_pooling_chose_counts()
    {
        string[] ops = PassCheck.VerifyWithGradient(x => (x[0].Conv2D(x[1]) + x[2]).Relu().MaxPool2D(2).Square().Mean(), Images, Kernel, Bias);
        Assert.Equal(3, ops.Count(op => op.StartsWith("PooledConvolution", StringComparison.Ordinal)));
        Assert.DoesNotContain("MaxPoolingGradient", ops);
        Assert.DoesNotContain("Convolution", ops);
    }

    [Fact]
    public void Windows_that_overlap_at_each_step_are_pooled_apart() =>
        Assert.Equal(["Convolution", "MaxPooling"], PassCheck.Verify(x => [x[0].Conv2D(x[1]).MaxPool2D(2, stride: 1)], Images, Kernel));
}
