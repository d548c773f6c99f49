using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

[Collection(nameof(Nabla.Backends.Cpu.WorkerPool))]
public sealed class ReductionTests
{
    public static TheoryData<int[], int[]> Cases => new()
    {
        { [3, 5, 7], [0] },
        { [3, 5, 7], [1] },
        { [3, 5, 7], [-1] },
        { [3, 5, 7], [0, 2] },
        { [2, 3, 4, 37], [0, 1, 3] },
        { [5, 131], [0] },
        { [131, 5], [0, 1] },
        { [2, 700, 3], [1] },
        { [1, 40000], [1] },
        { [3, 300, 70], [1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reductions_equal_those_of_lists(int[] shape, int[] axes)
    {
        Tensor x = Random(shape, 1, 0.9, 1.1);
        double count = axes.Aggregate(1.0, (product, axis) => product * x.Shape[axis]);
        Check(x, axes, (tensor, keep) => tensor.Sum(axes, keep), Enumerable.Sum, 3e-6 * count);
        Check(x, axes, (tensor, keep) => tensor.Mean(axes, keep), Enumerable.Average, 1e-6);
        Check(x - 1, axes, (tensor, keep) => tensor.Max(axes, keep), Enumerable.Max, 1e-7);
        Check(x - 1, axes, (tensor, keep) => tensor.Min(axes, keep), Enumerable.Min, 1e-7);
        Check(x, axes, (tensor, keep) => tensor.LogSumExp(axes, keep), list => Math.Log(list.Sum(Math.Exp)), 2e-5);
        Check(x, axes, (tensor, keep) => tensor.Variance(axes, keep), VarianceOf, 1e-6);
        double most = Math.Pow(1.1, Math.Min(count, 700));
        Check((x - 1) * 1e-3 + 1, axes, (tensor, keep) => tensor.Prod(axes, keep), list => list.Aggregate((a, b) => a * b), 1e-3 * most);
    }

    [Theory]
    [InlineData(new[] { 3, 5, 7 }, 0)]
    [InlineData(new[] { 3, 5, 7 }, 1)]
    [InlineData(new[] { 3, 5, 7 }, 2)]
    [InlineData(new[] { 2, 131 }, 1)]
    [InlineData(new[] { 300, 70 }, 0)]
    public void Largest_and_smallest_are_found_where_they_first_stand(int[] shape, int axis)
    {
        Tensor x = Random(shape, 1, 0, 5).To(DataType.Int32);
        foreach (DataType dataType in new[] { DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.Int8 })
        {
            Tensor typed = x.To(dataType);
            Check(x.To(DataType.Float64), [axis], (_, keep) => typed.ArgMax(axis, keep), list => Array.IndexOf(list, list.Max()), 0);
            Check(x.To(DataType.Float64), [axis], (_, keep) => typed.ArgMin(axis, keep), list => Array.IndexOf(list, list.Min()), 0);
        }
    }

    [Fact]
    public void NaN_is_the_largest_and_the_smallest()
    {
        Tensor x = Tensor.From([1, float.NaN, 3, float.NaN, 5, float.NegativeInfinity], [3, 2]);
        Assert.Equal([5, float.NaN], x.Max([0]).ToArray<float>());
        Assert.Equal([1, float.NaN], x.Min([0]).ToArray<float>());
        Assert.Equal([2, 0], x.ArgMax(0).ToArray<int>());
        Assert.Equal([1, 1, 1], x.ArgMin(1).ToArray<int>());
        Assert.Equal(1, x.Reshape(-1).ArgMax().Item<int>());
    }

    [Fact]
    public void Integers_and_booleans_are_counted_without_overflow()
    {
        Tensor pixels = Tensor.Full([1000], 200, DataType.UInt8);
        Assert.Equal(200_000, pixels.Sum().Item<long>());
        Assert.Equal(200f, pixels.Mean().Item<float>());
        Assert.Equal(2L * int.MaxValue, Tensor.From(int.MaxValue, int.MaxValue).Sum().Item<long>());
        Assert.Equal(0.75f, (Tensor.Range(4) > 0).Mean().Item<float>());
        Assert.Equal(200, pixels.Max().Item<byte>());
        Assert.Equal(3628800, (Tensor.Range(10) + 1).Prod().Item<long>());
    }

    [Fact]
    public void Any_and_all_ask_booleans()
    {
        Tensor x = Tensor.From([true, false, true, true, false, false], [3, 2]);
        Assert.Equal([true, true, false], x.Any([1]).ToArray<bool>());
        Assert.Equal([false, true, false], x.All([1]).ToArray<bool>());
        Assert.True(x.Any().Item<bool>());
        Assert.False(x.All().Item<bool>());
        Assert.Equal([false, false], Tensor.Zeros([0, 2], DataType.Bool).Any([0]).ToArray<bool>());
        Assert.Equal([true, true], Tensor.Zeros([0, 2], DataType.Bool).All([0]).ToArray<bool>());
    }

    [Fact]
    public void Of_nothing_the_sum_is_zero_and_the_largest_is_refused()
    {
        Tensor nothing = Tensor.Zeros([3, 0]);
        Assert.Equal([0f, 0f, 0f], nothing.Sum([1]).ToArray<float>());
        Assert.Equal([1f, 1f, 1f], nothing.Prod([1]).ToArray<float>());
        Assert.Equal(0, nothing.Max([0]).ElementCount);
        Assert.Contains("[3, 0]", Assert.Throws<ArgumentException>(() => nothing.Max([1])).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 0]", Assert.Throws<ArgumentException>(() => nothing.ArgMax(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Far_numbers_do_not_overflow_in_sums_of_exponentials()
    {
        Tensor x = Tensor.From([1000f, 1000f, -1000f, -1000f, float.NegativeInfinity, float.NegativeInfinity], [3, 2]);
        Assert.Equal([1000 + MathF.Log(2), -1000 + MathF.Log(2), float.NegativeInfinity], x.LogSumExp([1]).ToArray<float>());
    }

    [Fact]
    public void Reductions_have_the_gradient_of_differences()
    {
        Tensor x = Random([2, 3, 5], 2);
        Verify(inputs => inputs[0].Max([0, 2]), x);
        Verify(inputs => inputs[0].Min([1]).Square(), x);
        Verify(inputs => inputs[0].Prod([0, 2]), x);
        Verify(inputs => inputs[0].LogSumExp([0, 2]), x);
        Verify(inputs => inputs[0].Variance([1], correction: 1), x);
        Verify(inputs => inputs[0].StandardDeviation([0, -1], keepDimensions: true) * inputs[0], x);
    }

    [Fact]
    public void Equal_largest_ones_share_the_gradient()
    {
        Tensor x = Tensor.From([1f, 3f, 3f, 2f, 3f, 0f], [2, 3]);
        Tensor gradient = Transforms.Gradients.ValueAndGradient(() => x.Max(), x).Gradients[0];
        Assert.Equal([0, 1 / 3f, 1 / 3f, 0, 1 / 3f, 0], gradient.ToArray<float>());
    }

    [Fact]
    public void A_product_with_zeros_has_the_gradient_of_the_others()
    {
        Tensor x = Tensor.From([0.0, 2, 3, 0, 0, 5, 7, 8, 9], [3, 3]);
        Tensor gradient = Transforms.Gradients.ValueAndGradient(() => x.Prod([1]).Sum(), x).Gradients[0];
        Assert.Equal([6, 0, 0, 0, 0, 0, 72, 63, 56], gradient.ToArray<double>());
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor x = Random([3, 1009, 67], 3).To(DataType.Float32);
        byte[][] runs = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            byte[] bytes = [];
            Backends.Cpu.Threads.With(count, () => bytes =
                [.. x.Sum().AsBytes(), .. x.Sum([1]).AsBytes(), .. x.Sum([0, 2]).AsBytes(), .. x.Prod([2]).AsBytes(), .. x.LogSumExp([1]).AsBytes()]);
            return bytes;
        })];
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    // Goes through all places of the result and collects what the axes hold there.
    private static double VarianceOf(double[] list)
    {
        double mean = list.Average();
        return list.Average(value => (value - mean) * (value - mean));
    }

    private static void Check(Tensor x, int[] axes, Func<Tensor, bool, Tensor> op, Func<double[], double> definition, double tolerance)
    {
        int[] reduced = [.. axes.Select(x.Shape.Axis)];
        double[] values = x.ToArray<double>();
        Dictionary<string, List<double>> lists = [];
        for (int index = 0; index < values.Length; index++)
        {
            string key = string.Join(',', Position(index, x.Shape).Where((_, axis) => !reduced.Contains(axis)));
            lists.TryAdd(key, []);
            lists[key].Add(values[index]);
        }

        double[] expected = [.. lists.Values.Select(list => definition([.. list]))];
        Shape kept = reduced.Aggregate(x.Shape, (shape, axis) => shape.With(axis, 1));
        Assert.Equal(kept, op(x, true).Shape);
        Assert.Equal(x.Rank - reduced.Length, op(x, false).Rank);
        Assert.Equal(expected, op(x, false).To(DataType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) <= tolerance * 1e-6);
        Assert.Equal(expected, op(x.To(DataType.Float32), false).To(DataType.Float64).ToArray<double>(), (a, b) => Math.Abs(a - b) <= tolerance);
    }

    private static int[] Position(int index, Shape shape)
    {
        int[] position = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (index, position[axis]) = Math.DivRem(index, shape[axis]);
        }

        return position;
    }
}
