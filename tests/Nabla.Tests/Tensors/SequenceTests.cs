namespace Nabla.Tests.Tensors;

public sealed class SequenceTests
{
    [Fact]
    public void Ranges_count_from_start_to_before_the_end()
    {
        Assert.Equal([0, 1, 2, 3], Tensor.Range(4).ToArray<int>());
        Assert.Equal([1f, 1.5f, 2f, 2.5f], Tensor.Range(1, 3, 0.5).ToArray<float>());
        Assert.Equal([5L, 3, 1], Tensor.Range(5, 0, -2, DataType.Int64).ToArray<long>());
        Assert.Equal(0, Tensor.Range(3, 1, 1).ElementCount);
        Assert.Throws<ArgumentException>(() => Tensor.Range(0, 1, 0));
    }

    [Fact]
    public void Even_distances_include_both_ends()
    {
        Assert.Equal([-1f, -0.5f, 0f, 0.5f, 1f], Tensor.Linspace(-1, 1, 5).ToArray<float>());
        Assert.Equal([2.0], Tensor.Linspace(2, 3, 1, DataType.Float64).ToArray<double>());
        double[] many = Tensor.Linspace(0.1, 0.7, 1001, DataType.Float64).ToArray<double>();
        Assert.Equal(0.1, many[0]);
        Assert.Equal(0.7, many[^1]);
    }

    [Fact]
    public void The_identity_has_ones_on_its_diagonal()
    {
        Assert.Equal([1f, 0f, 0f, 1f], Tensor.Eye(2).ToArray<float>());
        Assert.Equal([1, 0, 0, 0, 1, 0], Tensor.Eye(2, 3, DataType.Int32).ToArray<int>());
        Tensor x = Tensor.Range(9, DataType.Float32).Reshape(3, 3);
        Assert.Equal(x.ToArray<float>(), x.MatMul(Tensor.Eye(3)).ToArray<float>());
    }
}
