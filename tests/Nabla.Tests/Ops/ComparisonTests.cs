using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class ComparisonTests
{
    public static TheoryData<DataType> Types => [DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.Int8, DataType.Bool];

    [Theory]
    [MemberData(nameof(Types))]
    public void Comparisons_equal_those_of_single_numbers(DataType dataType)
    {
        foreach ((Shape left, Shape right) in new (Shape, Shape)[] { ([3, 7, 67], [3, 7, 67]), ([5, 1, 131], [3, 1]), ([], [65]), ([2, 3, 1], [130]) })
        {
            Tensor x = (Random(left, 1, 0, 4) + 0.0).To(dataType);
            Tensor y = (Random(right, 2, 0, 4) + 0.0).To(dataType);
            Check(x.Equal(y), x, y, (a, b) => a == b);
            Check(x.NotEqual(y), x, y, (a, b) => a != b);
            Check(x > y, x, y, (a, b) => a > b);
            Check(x >= y, x, y, (a, b) => a >= b);
            Check(x < y, x, y, (a, b) => a < b);
            Check(x <= y, x, y, (a, b) => a <= b);
        }
    }

    [Fact]
    public void Numbers_compare_with_one_number()
    {
        Tensor x = Tensor.From(1f, 2f, 3f, float.NaN);
        Assert.Equal([false, true, false, false], x.Equal(2).ToArray<bool>());
        Assert.Equal([true, false, true, true], x.NotEqual(2).ToArray<bool>());
        Assert.Equal([false, false, true, false], (x > 2).ToArray<bool>());
        Assert.Equal([true, true, false, false], (x <= 2).ToArray<bool>());
        Assert.Equal([true, false, false, false], (x < 2).ToArray<bool>());
        Assert.Equal([false, true, true, false], (x >= 2).ToArray<bool>());
    }

    [Fact]
    public void Booleans_combine()
    {
        Tensor x = Tensor.From(true, true, false, false);
        Tensor y = Tensor.From(true, false, true, false);
        Assert.Equal([true, false, false, false], x.LogicalAnd(y).ToArray<bool>());
        Assert.Equal([true, true, true, false], x.LogicalOr(y).ToArray<bool>());
        Assert.Equal([false, true, true, false], x.LogicalXor(y).ToArray<bool>());
        Assert.Equal([false, false, true, true], x.LogicalNot().ToArray<bool>());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Where_chooses_each_element(DataType dataType)
    {
        foreach ((Shape condition, Shape left, Shape right) in new (Shape, Shape, Shape)[]
            { ([201], [201], [201]), ([3, 1], [3, 71], [71]), ([5, 77], [], [5, 1]), ([2, 3, 5], [3, 1], [2, 1, 1]), ([], [66], [2, 1]) })
        {
            Tensor chosen = Random(condition, 1) > 0;
            Tensor x = Random(left, 2, 0, 9).To(dataType);
            Tensor y = Random(right, 3, 0, 9).To(dataType);
            Tensor result = chosen.Where(x, y);
            bool[] flags = chosen.BroadcastTo(result.Shape).ToArray<bool>();
            double[] expected = [.. flags.Select((flag, index) => flag ? Values(x, result.Shape)[index] : Values(y, result.Shape)[index])];
            Assert.Equal(expected, Values(result, result.Shape));
        }
    }

    [Fact]
    public void Where_has_the_gradient_of_differences()
    {
        Tensor condition = Random([3, 5], 1) > 0;
        Verify(inputs => condition.Where(inputs[0].Square(), inputs[1].Exp()), Random([3, 5], 2), Random([5], 3));
        Verify(inputs => condition.Where(inputs[0], 3) * inputs[0], Random([3, 1], 4));
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_types_and_shapes()
    {
        Tensor x = Tensor.Zeros([2, 3]);
        Assert.Equal(
            "Greater expects shapes that broadcast but got [2, 3] and [4].",
            Assert.Throws<ArgumentException>(() => x > Tensor.Zeros([4])).Message);
        Assert.Contains("int32 [3]", Assert.Throws<ArgumentException>(() => x.Equal(Tensor.Range(3))).Message, StringComparison.Ordinal);
        Assert.Contains("float32 [2, 3]", Assert.Throws<ArgumentException>(() => x.LogicalAnd(x)).Message, StringComparison.Ordinal);
        Assert.Contains("float32 [2, 3]", Assert.Throws<ArgumentException>(() => x.Where(x, x)).Message, StringComparison.Ordinal);
        Assert.Contains("1.5", Assert.Throws<ArgumentException>(() => Tensor.Range(3) > 1.5).Message, StringComparison.Ordinal);
    }

    private static void Check(Tensor result, Tensor x, Tensor y, Func<double, double, bool> holds)
    {
        bool[] expected = [.. Values(x, result.Shape).Zip(Values(y, result.Shape), holds)];
        Assert.Equal(expected, result.ToArray<bool>());
    }

    private static double[] Values(Tensor x, Shape shape) => x.To(DataType.Float64).BroadcastTo(shape).ToArray<double>();
}
