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

    [Fact]
    public void One_number_for_each_channel_goes_along_with_a_transpose()
    {
        Tensor images = PassCheck.Random(6, 2, 3, 4, 5);
        Tensor bias = PassCheck.Random(7, 5, 1, 1);
        Assert.Equal(["Reshape", "Fused"], PassCheck.Verify(x => [(x[0].Transpose(0, 3, 1, 2) + x[1]).Relu().Transpose(0, 2, 3, 1)], images, bias));
        Assert.Equal(["Fused"], PassCheck.Verify(x => [(x[0].Transpose(0, 3, 1, 2) + bias).Relu().Transpose(0, 2, 3, 1)], images));
    }

    [Fact]
    public void Transposes_meet_through_what_cuts_fills_up_and_joins()
    {
        (Tensor first, Tensor second) = (PassCheck.Random(8, 2, 3, 4, 5), PassCheck.Random(9, 2, 3, 4, 6));
        Assert.Equal(["Concatenate"], PassCheck.Verify(
            x => [ShapeOps.Concatenate(1, x[0].Transpose(0, 3, 1, 2), x[1].Transpose(0, 3, 1, 2)).Transpose(0, 2, 3, 1)], first, second));
        Assert.Equal(["Pad"], PassCheck.Verify(x => [x[0].Transpose(0, 3, 1, 2).Pad(2, 1, 2).Transpose(0, 2, 3, 1)], first));
        Assert.Equal(["Slice", "Slice", "Add"], PassCheck.Verify(
            x =>
            {
                Tensor moved = x[0].Transpose(0, 3, 1, 2);
                return [(moved.Slice(1, 0, 2) + moved.Slice(1, 3, 2)).Transpose(0, 2, 3, 1)];
            },
            first));
    }
}
