namespace Nabla.Tests.Graphs;

public sealed class TransposePassTests
{
    private static readonly Tensor Left = PassCheck.Random(1, 5, 7);
    private static readonly Tensor Right = PassCheck.Random(2, 3, 7);

    [Fact]
    public void A_matrix_product_reads_its_operands_either_way() =>
        Assert.Equal(["MatMul"], PassCheck.Verify(x => [x[0].MatMul(x[1].Transpose())], Left, Right));

    [Fact]
    public void A_matrix_product_gives_its_result_either_way()
    {
        Assert.Equal(["MatMul"], PassCheck.Verify(x => [x[0].MatMul(x[1], transposeRight: true).Transpose()], Left, Right));
        Assert.Equal(["MatMul"], PassCheck.Verify(x => [x[0].Transpose().MatMul(x[1]).Transpose()], Left, PassCheck.Random(3, 5, 4)));
    }

    [Fact]
    public void Transposes_meet_through_elementwise_ops()
    {
        Assert.Equal(["Fused"], PassCheck.Verify(x => [(x[0].Transpose().Exp() * 2).Tanh().Transpose()], Left));
        Assert.Equal(["Add"], PassCheck.Verify(x => [(x[0].Transpose() + x[1].Transpose()).Transpose()], Left, PassCheck.Random(4, 5, 7)));
    }

    [Fact]
    public void A_transpose_that_others_read_stays() =>
        Assert.Contains("Transpose", PassCheck.Verify(x => [x[0].Transpose(), x[0].Transpose().Exp().Transpose()], Left));

    [Fact]
    public void Moving_an_axis_of_size_one_is_a_reshape() =>
        Assert.Equal(["Reshape"], PassCheck.Verify(x => [x[0].Transpose(2, 0, 1, 3)], PassCheck.Random(5, 3, 4, 1, 6)));
}
