namespace Nabla.Tests.Graphs;

public sealed class SoftmaxFusionTests
{
    private static readonly Tensor Logits = PassCheck.Random(1, 6, 5) * 3;
    private static readonly Tensor Labels = Tensor.From(0, 4, 2, 2, 1, 3);

    [Fact]
    public void The_logarithm_of_a_softmax_is_one_op() =>
        Assert.Equal(["LogSoftmax"], PassCheck.Verify(x => [x[0].Softmax().Log()], Logits));

    [Fact]
    public void A_cross_entropy_by_one_hot_rows_is_one_op_forward_and_one_backward()
    {
        string[] ops = PassCheck.VerifyWithGradient(x => -(x[1].OneHot(5) * x[0].Softmax().Log()).Sum([-1]).Mean(), Logits, Labels);
        AssertFused(ops);
    }

    [Fact]
    public void A_cross_entropy_by_indices_is_one_op_forward_and_one_backward()
    {
        string[] ops = PassCheck.VerifyWithGradient(x => -x[0].LogSoftmax().TakeAlongAxis(x[1].ExpandDimensions(-1), -1).Mean(), Logits, Labels);
        AssertFused(ops);
    }

    [Fact]
    public void Soft_targets_keep_the_logarithms() =>
        Assert.Contains("LogSoftmax", PassCheck.VerifyWithGradient(x => -(x[1] * x[0].Softmax().Log()).Sum([-1]).Mean(), Logits, (Logits * 0.5).Softmax()));

    private static void AssertFused(string[] ops)
    {
        Assert.Contains("SoftmaxCrossEntropy", ops);
        Assert.Contains("SoftmaxCrossEntropyGradient", ops);
        Assert.DoesNotContain(ops, op => op is "Softmax" or "LogSoftmax" or "LogSoftmaxGradient" or "SoftmaxGradient" or "OneHot");
    }
}
