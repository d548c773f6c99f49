using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class ShapeOpsTests
{
    public static TheoryData<int[], int[]> Orders => new()
    {
        { [2, 3, 4], [2, 0, 1] },
        { [37, 35], [1, 0] },
        { [5, 33, 17], [0, 2, 1] },
        { [3, 2, 19, 5], [0, 3, 1, 2] },
        { [3, 19, 2, 5], [0, 2, 3, 1] },
        { [4, 3, 2, 3, 2], [4, 1, 3, 0, 2] },
        { [1, 7, 1, 9], [3, 2, 1, 0] },
        { [300, 70], [1, 0] },
        { [2, 3, 11, 41], [0, 2, 3, 1] },
        { [4, 37], [1, 0] },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Transpose_moves_each_element_to_its_place(int[] shape, int[] order)
    {
        Tensor x = Tensor.Range(new TensorType(DataType.Int32, shape).Shape.ElementCount).Reshape(shape);
        foreach (DataType dataType in new[] { DataType.Int32, DataType.Int64, DataType.UInt8, DataType.Int8 })
        {
            Tensor moved = x.To(dataType).Transpose(order);
            int[] expected = new int[x.ElementCount];
            for (int index = 0; index < expected.Length; index++)
            {
                int[] position = Position(index, moved.Shape);
                int source = 0;
                for (int axis = 0; axis < shape.Length; axis++)
                {
                    source = (source * shape[axis]) + position[Array.IndexOf(order, axis)];
                }

                expected[index] = dataType == DataType.UInt8 ? Math.Min(source, 255) : dataType == DataType.Int8 ? Math.Min(source, 127) : source;
            }

            Assert.Equal(expected, moved.To(DataType.Int32).ToArray<int>());
        }
    }

    [Fact]
    public void Axes_change_places()
    {
        Tensor x = Random([2, 3, 4, 5], 1);
        Assert.Equal(x.Transpose(0, 3, 2, 1).ToArray<double>(), x.SwapAxes(1, -1).ToArray<double>());
        Assert.Equal([3, 4, 2, 5], x.MoveAxis(0, 2).Shape);
        Assert.Equal([5, 2, 3, 4], x.MoveAxis(-1, 0).Shape);
        Assert.Equal([2, 3, 1], Tensor.Zeros([1, 2, 3, 1]).Squeeze(0).Shape);
        Assert.Equal([2, 3], Tensor.Zeros([1, 2, 3, 1]).Squeeze().Shape);
    }

    [Fact]
    public void Slices_and_joins_have_the_values_of_their_places()
    {
        Tensor x = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([2, 3, 5, 6], x.Slice(1, 1, 2).ToArray<int>());
        Assert.Equal([1, 2, 3, 7, 4, 5, 6, 8], ShapeOps.Concatenate(1, x, Tensor.From([7, 8], [2, 1])).ToArray<int>());
        Assert.Equal([3, 2, 2], ShapeOps.Stack(-1, Tensor.Zeros([3, 2]), Tensor.Ones([3, 2])).Shape);
        Tensor[] parts = x.Split(1, [1, 2]);
        Assert.Equal([1, 4], parts[0].ToArray<int>());
        Assert.Equal([2, 3, 5, 6], parts[1].ToArray<int>());
    }

    [Fact]
    public void Paddings_have_the_values_of_their_modes()
    {
        Tensor x = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([0, 1, 2, 3, 0, 4, 5, 6], x.Pad(-1, 1, 0).ToArray<int>());
        Assert.Equal([7, 7, 7, 1, 2, 3, 4, 5, 6], x.Pad(0, 1, 0, value: 7).ToArray<int>());
        Assert.Equal([3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5], x.Pad(1, 2, 1, PadMode.Reflect).ToArray<int>());
        Assert.Equal([1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 6], x.Pad(1, 2, 1, PadMode.Edge).ToArray<int>());
        Assert.Equal([5, 4, 5, 6, 5, 2, 1, 2, 3, 2, 5, 4, 5, 6, 5], x.Pad([(1, 0), (1, 1)], PadMode.Reflect).ToArray<int>());
    }

    [Fact]
    public void Elements_flip_roll_and_repeat()
    {
        Tensor x = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([3, 2, 1, 6, 5, 4], x.Flip(1).ToArray<int>());
        Assert.Equal([6, 5, 4, 3, 2, 1], x.Flip().ToArray<int>());
        Assert.Equal([3, 1, 2, 6, 4, 5], x.Roll(1, -1).ToArray<int>());
        Assert.Equal([2, 3, 1, 5, 6, 4], x.Roll(-4, -1).ToArray<int>());
        Assert.Equal([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6], x.Tile(2, 2).ToArray<int>());
        Assert.Equal([1, 0, 0, 4, 5, 0], x.LowerTriangle().ToArray<int>());
        Assert.Equal([0, 2, 3, 0, 0, 6], x.UpperTriangle(1).ToArray<int>());
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int32)]
    public void Cumulative_sums_equal_those_of_slices(DataType dataType)
    {
        foreach (Shape shape in new Shape[] { [7], [3, 67], [67, 3], [2, 9, 21] })
        {
            Tensor x = Random(shape, 2, -9, 9).To(DataType.Int32).To(dataType);
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                Tensor sums = x.CumulativeSum(axis);
                Tensor back = x.CumulativeSum(axis, fromEnd: true);
                for (int index = 0; index < shape[axis]; index++)
                {
                    double[] expected = x.Slice(axis, 0, index + 1).Sum([axis], keepDimensions: true).To(DataType.Float64).ToArray<double>();
                    Assert.Equal(expected, sums.Slice(axis, index, 1).To(DataType.Float64).ToArray<double>());
                    double[] expectedBack = x.Slice(axis, index, shape[axis] - index).Sum([axis], keepDimensions: true).To(DataType.Float64).ToArray<double>();
                    Assert.Equal(expectedBack, back.Slice(axis, index, 1).To(DataType.Float64).ToArray<double>());
                }
            }
        }
    }

    [Fact]
    public void Moves_have_the_gradient_of_differences()
    {
        Tensor x = Random([2, 3, 4], 2);
        Verify(inputs => inputs[0].Transpose(1, 2, 0).Square(), x);
        Verify(inputs => inputs[0].Slice(2, 1, 2).Square(), x);
        Verify(inputs => inputs[0].Pad(1, 1, 2).Square(), x);
        Verify(inputs => inputs[0].Pad(2, 2, 1, PadMode.Reflect).Square(), x);
        Verify(inputs => inputs[0].Pad(0, 1, 2, PadMode.Edge).Square(), x);
        Verify(inputs => ShapeOps.Concatenate(1, inputs).Square(), x, Random([2, 1, 4], 3));
        Verify(inputs => ShapeOps.Stack(0, inputs[0], inputs[0].Square()), x);
        Verify(inputs => inputs[0].Flip(0, 2).Square() * inputs[0].Roll(2, 2), x);
        Verify(inputs => inputs[0].Tile(2, 1, 3).Square(), x);
        Verify(inputs => inputs[0].UpperTriangle().Square() + inputs[0].LowerTriangle(-1), x);
        Verify(inputs => inputs[0].CumulativeSum(1).Square() + inputs[0].CumulativeSum(2, fromEnd: true), x);
        Verify(inputs => inputs[0].Split(2, [1, 3])[1].Square(), x);
    }

    [Fact]
    public void Moves_that_do_not_fit_are_refused_with_the_shapes()
    {
        Tensor x = Tensor.Zeros([2, 3]);
        Refuses("[2, 3]", () => x.Slice(1, 2, 2));
        Refuses("[3, 3]", () => ShapeOps.Concatenate(1, x, Tensor.Zeros([3, 3])));
        Refuses("once", () => x.Transpose(0, 0));
        Refuses("at most 2", () => x.Pad(1, 3, 0, PadMode.Reflect));
        Refuses("[2, 3]", () => x.Tile(2));
        Refuses("[2, 3]", () => x.Squeeze(0));
        Refuses("[1, 1]", () => x.Split(1, [1, 1]));
        Refuses("[2, 3]", () => x.Pad([(1, 1)]));
        Refuses("1.5", () => Tensor.Range(3).Pad(0, 1, 1, value: 1.5));
        Refuses("[3]", () => Tensor.Range(3).LowerTriangle());
    }

    private static void Refuses(string part, Func<object> action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

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
