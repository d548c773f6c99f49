using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class IndexingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Gather_reads_the_parts_that_are_named(int axis)
    {
        Tensor x = Random([4, 5, 37], 1);
        Tensor indices = Tensor.From([3, 0, 2, 3, 1, 1], [2, 3]);
        int at = x.Shape.Axis(axis);
        Tensor[] parts = [.. indices.ToArray<int>().Select(index => x.Slice(axis, index, 1))];
        double[] expected = ShapeOps.Concatenate(axis, parts).ToArray<double>();
        foreach (Tensor typed in new[] { indices, indices.To(DataType.Int64) })
        {
            Tensor result = x.Gather(axis, typed);
            Assert.Equal([.. x.Shape.Take(at), 2, 3, .. x.Shape.Skip(at + 1)], result.Shape);
            Assert.Equal(expected, result.ToArray<double>());
        }
    }

    [Fact]
    public void Scatter_adds_what_is_named_several_times_several_times()
    {
        Tensor x = Tensor.From([1f, 1f, 1f, 1f, 1f, 1f], [3, 2]);
        Tensor updates = Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], [3, 2]);
        Assert.Equal([7f, 9f, 1f, 1f, 4f, 5f], x.ScatterAdd(0, Tensor.From(0, 2, 0), updates).ToArray<float>());
    }

    [Fact]
    public void Scattering_is_the_adjoint_of_gathering()
    {
        Tensor x = Random([301, 130], 1);
        Tensor indices = (Random([517], 2, 0, 301) - 0.5).To(DataType.Int32).Maximum(Tensor.Scalar(0));
        Tensor updates = Random([517, 130], 3);
        double gathered = (x.Gather(0, indices) * updates).Sum().Item<double>();
        double scattered = (x * Tensor.Zeros(x.Shape, DataType.Float64).ScatterAdd(0, indices, updates)).Sum().Item<double>();
        Assert.Equal(gathered, scattered, 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Taking_along_an_axis_reads_at_the_same_place_of_the_others(int axis)
    {
        Tensor x = Random([3, 4, 5], 1);
        Assert.Equal(x.Max([axis], keepDimensions: true).ToArray<double>(), x.TakeAlongAxis(x.ArgMax(axis, keepDimensions: true), axis).ToArray<double>());
        Tensor all = Tensor.Range(x.Shape[axis]).Reshape([.. Enumerable.Range(0, 3).Select(at => at == axis ? -1 : 1)]).BroadcastTo(x.Shape);
        Assert.Equal(x.ToArray<double>(), x.TakeAlongAxis(all, axis).ToArray<double>());
    }

    [Fact]
    public void One_hot_has_a_one_where_the_index_says()
    {
        Tensor result = Tensor.From([2L, 0L], [2, 1]).OneHot(3);
        Assert.Equal([2, 1, 3], result.Shape);
        Assert.Equal([0f, 0f, 1f, 1f, 0f, 0f], result.ToArray<float>());
        Assert.Equal(DataType.Bool, Tensor.From(1).OneHot(2, DataType.Bool).DataType);
    }

    [Fact]
    public void Indexing_has_the_gradient_of_differences()
    {
        Tensor indices = Tensor.From([2, 0, 2, 1], [2, 2]);
        Verify(inputs => inputs[0].Gather(1, indices).Square(), Random([2, 3, 3], 1));
        Verify(inputs => inputs[0].ScatterAdd(1, indices, inputs[1]).Square(), Random([2, 3, 3], 2), Random([2, 2, 2, 3], 3));
        Verify(inputs => inputs[0].TakeAlongAxis(indices, 1).Square(), Random([2, 3], 4));
        Verify(inputs => inputs[0].Pick(Tensor.From(1, 1)).Square(), Random([2, 3], 5));
    }

    [Fact]
    public void Indices_that_do_not_exist_are_refused_with_their_place()
    {
        Tensor x = Tensor.Zeros([3, 2]);
        Assert.Equal(
            "Gather expects indices from 0 to 2 but got 3 at [1, 0] of [2, 1].",
            Assert.Throws<ArgumentException>(() => x.Gather(0, Tensor.From([0, 3], [2, 1]))).Message);
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => x.Pick(Tensor.From(0, 1, -1))).Message, StringComparison.Ordinal);
        Assert.Contains("4", Assert.Throws<ArgumentException>(() => Tensor.From(4L).OneHot(4)).Message, StringComparison.Ordinal);
        Assert.Contains("float32", Assert.Throws<ArgumentException>(() => x.Gather(0, x)).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 2]", Assert.Throws<ArgumentException>(() => x.TakeAlongAxis(Tensor.Range(3), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => x.ScatterAdd(0, Tensor.Range(3), Tensor.Zeros([2, 2]))).Message, StringComparison.Ordinal);
    }
}
