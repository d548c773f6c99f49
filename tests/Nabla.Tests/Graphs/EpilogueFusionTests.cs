namespace Nabla.Tests.Graphs;

public sealed class EpilogueFusionTests
{
    private static readonly Tensor Rows = PassCheck.Random(1, 5, 7);
    private static readonly Tensor Weights = PassCheck.Random(2, 7, 19);
    private static readonly Tensor Bias = PassCheck.Random(3, 19);
    private static readonly Tensor Images = PassCheck.Random(4, 2, 9, 11, 3);
    private static readonly Tensor Kernel = PassCheck.Random(5, 3, 3, 3, 19);

    [Fact]
    public void A_product_takes_the_bias_and_the_rectifier_behind_it()
    {
        Assert.Equal(["DenseProduct"], PassCheck.Verify(x => [(x[0].MatMul(x[1]) + x[2]).Relu()], Rows, Weights, Bias));
        Assert.Equal(["Reshape", "DenseProduct"], PassCheck.Verify(x => [x[2] + x[0].MatMul(x[1])], Rows, Weights, Bias.Reshape(1, 19)));
        Assert.Equal(["Reshape", "DenseProduct", "Reshape"], PassCheck.Verify(x => [(x[0].MatMul(x[1]) + x[2]).Relu()], PassCheck.Random(6, 2, 3, 7), Weights, Bias));
    }

    [Fact]
    public void A_convolution_takes_the_bias_and_the_rectifier_behind_it()
    {
        Assert.Equal(["Convolution"], PassCheck.Verify(x => [(x[0].Conv2D(x[1]) + x[2]).Relu()], Images, Kernel, Bias));
        Assert.Equal(["Convolution"], PassCheck.Verify(x => [x[0].Conv2D(x[1], padding: Padding.Same).Relu()], Images, Kernel));
    }

    [Fact]
    public void A_residual_block_needs_no_walk_behind_its_convolutions()
    {
        Tensor images = PassCheck.Random(7, 2, 5, 6, 19);
        Tensor kernel = PassCheck.Random(8, 3, 3, 19, 19);
        Assert.Equal(["Convolution", "Convolution"], PassCheck.Verify(x => [Block(x).Relu()], images, kernel, Bias));
        Assert.Equal(["Convolution", "Convolution"], PassCheck.Verify(x => [Block(x)], images, kernel, Bias));
        PassCheck.VerifyWithGradient(x => Block(x).Relu().Square().Mean(), images, kernel, Bias);

        static Tensor Block(Tensor[] x)
        {
            Tensor inner = (x[0].Conv2D(x[1], padding: Padding.Same) + x[2]).Relu();
            return x[0] + (inner.Conv2D(x[1], padding: Padding.Same) + x[2]);
        }
    }

    [Fact]
    public void A_convolution_of_single_pixels_or_of_groups_adds_no_residual()
    {
        Assert.Equal(["Convolution", "Fused"], PassCheck.Verify(x => [(x[0].Conv2D(x[1]) + x[0]).Relu()], Images, PassCheck.Random(9, 1, 1, 3, 3)));
        Assert.Equal(["Reshape", "Convolution", "Fused"], PassCheck.Verify(x => [(x[0].DepthwiseConv2D(x[1], padding: Padding.Same) + x[0]).Relu()], Images, PassCheck.Random(9, 3, 3, 3, 1)));
    }

    [Fact]
    public void Sums_that_others_read_stay()
    {
        string[] ops = PassCheck.Verify(
            x =>
            {
                Tensor sums = x[0].MatMul(x[1]);
                return [sums, (sums + x[2]).Relu()];
            },
            Rows,
            Weights,
            Bias);
        Assert.Equal(["MatMul", "Fused"], ops);
    }

    [Fact]
    public void Gradients_know_what_was_fused()
    {
        string[] ops = PassCheck.VerifyWithGradient(x => (x[0].MatMul(x[1]) + x[2]).Relu().Square().Mean(), Rows, Weights, Bias);
        Assert.Contains("DenseProduct", ops);
        Assert.DoesNotContain("Relu", ops);
    }
}
