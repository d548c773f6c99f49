using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

[Collection(nameof(Nabla.Backends.Cpu.WorkerPool))]
public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(new[] { 7 }, 0)]
    [InlineData(new[] { 3, 10 }, -1)]
    [InlineData(new[] { 37, 2 }, -1)]
    [InlineData(new[] { 21, 16 }, -1)]
    [InlineData(new[] { 5, 131 }, 1)]
    [InlineData(new[] { 131, 5 }, 0)]
    [InlineData(new[] { 3, 9, 37 }, 1)]
    [InlineData(new[] { 2, 16, 16 }, 1)]
    public void Softmax_equals_its_definition(int[] shape, int axis)
    {
        Tensor x = Random(shape, 1, -5, 5);
        Tensor sums = Exponentials(x).Sum([axis], keepDimensions: true);
        double[] expected = (Exponentials(x) / sums).ToArray<double>();
        double[] logarithms = [.. expected.Select(value => Math.Log(value))];
        Assert.Equal(expected, x.Softmax(axis).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal(logarithms, x.LogSoftmax(axis).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-13);
        Tensor single = x.To(DataType.Float32);
        Assert.Equal(expected, single.Softmax(axis).To(DataType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(logarithms, single.LogSoftmax(axis).To(DataType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) < 5e-6);
        Assert.Equal([.. sums.ToArray<double>().Select(value => Math.Log(value))], x.LogSumExp([axis]).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-13);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Softmax_has_the_gradient_of_differences(int axis)
    {
        Tensor x = Random([3, 5, 4], 2);
        Verify(inputs => inputs[0].Softmax(axis), x);
        Verify(inputs => inputs[0].LogSoftmax(axis), x);
        Verify(inputs => inputs[0].LogSumExp([axis]), x);
    }

    [Theory]
    [InlineData(new[] { 4, 37 }, -1)]
    [InlineData(new[] { 3, 7, 35 }, 1)]
    public void The_gradient_in_float32_equals_that_in_float64(int[] shape, int axis)
    {
        Tensor x = Random(shape, 3, -3, 3);
        Tensor weights = Random(shape, 4);
        foreach (Func<Tensor, Tensor> op in new Func<Tensor, Tensor>[] { tensor => tensor.Softmax(axis), tensor => tensor.LogSoftmax(axis) })
        {
            double[] wide = Transforms.Gradients.ValueAndGradient(() => (op(x) * weights).Sum(), x).Gradients[0].ToArray<double>();
            Tensor single = x.To(DataType.Float32);
            float[] narrow = Transforms.Gradients.ValueAndGradient(() => (op(single) * weights.To(DataType.Float32)).Sum(), single).Gradients[0].ToArray<float>();
            Assert.Equal(wide, [.. narrow.Select(value => (double)value)], (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Fact]
    public void Far_logits_neither_overflow_nor_vanish()
    {
        Tensor x = Tensor.From([1000f, 0f, -1000f, float.NegativeInfinity], [1, 4]);
        Assert.Equal([1f, 0f, 0f, 0f], x.Softmax().ToArray<float>());
        Assert.Equal([0f, -1000f, -2000f, float.NegativeInfinity], x.LogSoftmax().ToArray<float>());
        Assert.Equal([1f, 0f, 0f, 0f], x.Transpose().Softmax(0).ToArray<float>());
    }

    [Fact]
    public void Losses_find_the_logits_of_a_softmax_over_the_last_axis()
    {
        Tensor x = Random([3, 5], 5);
        Assert.Same(x, x.Softmax().SoftmaxOf);
        Assert.Same(x, x.Softmax(1).SoftmaxOf);
        Assert.Null(x.Softmax(0).SoftmaxOf);
        Assert.Same(x, x.Sigmoid().SigmoidOf);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor x = Random([301, 7, 67], 6).To(DataType.Float32);
        byte[][] runs = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            byte[] bytes = [];
            Backends.Cpu.Threads.With(count, () => bytes = [.. x.Softmax().AsBytes(), .. x.LogSoftmax(1).AsBytes(), .. x.LogSumExp([0]).AsBytes()]);
            return bytes;
        })];
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Fact]
    public void What_has_no_softmax_is_refused_with_its_shape()
    {
        Assert.Contains("int32 [3]", Assert.Throws<ArgumentException>(() => Tensor.Range(3).Softmax()).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros([2, 3]).Softmax(2)).Message, StringComparison.Ordinal);
    }

    private static Tensor Exponentials(Tensor x) => Tensor.From(x.ToArray<double>().Select(Math.Exp).ToArray(), x.Shape);
}
