using Nabla.Backends.Cpu;
using Nabla.Ops.Recurrent;
using ThreadCounts = Nabla.Tests.Backends.Cpu.Threads;

namespace Nabla.Tests.Ops;

[Collection(nameof(WorkerPool))]
public sealed class RecurrenceTests
{
    public static TheoryData<string, bool> Cells
    {
        get
        {
            TheoryData<string, bool> cells = [];
            foreach (RecurrentCell cell in Enum.GetValues<RecurrentCell>())
            {
                cells.Add(cell.ToString(), false);
                cells.Add(cell.ToString(), true);
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Gradients_of_states_and_cells_equal_differences(string cell, bool reverse)
    {
        Recurrence op = new(Enum.Parse<RecurrentCell>(cell), reverse);
        Tensor[] inputs = Inputs(op, batch: 2, time: 3, units: 2, DataType.Float64);
        Tensor lengths = inputs[3];
        GradientCheck.Verify(
            x =>
            {
                Tensor[] outputs = op.Apply([.. x[..3], lengths, .. x[3..]]);
                return op.Cell == RecurrentCell.Lstm ? ShapeOps.Concatenate(-1, outputs[0], outputs[1]) : outputs[0];
            },
            [.. inputs[..3], .. inputs[4..]]);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Gradients_with_a_mask_of_the_state_equal_differences(string cell, bool reverse)
    {
        Recurrence op = new(Enum.Parse<RecurrentCell>(cell), reverse, Drops: true);
        Tensor[] inputs = Inputs(op, batch: 2, time: 3, units: 2, DataType.Float64);
        Tensor lengths = inputs[3];
        GradientCheck.Verify(x => op.Apply([.. x[..3], lengths, .. x[3..]])[0], [.. inputs[..3], .. inputs[4..]]);
        GradientCheck.Verify(x => op.Apply([.. x[..3], lengths, .. x[3..], inputs[^1]])[0], [.. inputs[..3], .. inputs[4..^1]]);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_result_and_gradient_equals_that_of_the_steps_one_by_one(string cell, bool reverse)
    {
        foreach ((int batch, int units, DataType dataType) in new[]
        {
            (1, 16, DataType.Float32), (1, 5, DataType.Float32), (19, 17, DataType.Float32), (5, 32, DataType.Float64), (33, 3, DataType.Float64),
            (1, 96, DataType.Float32), (3, 128, DataType.Float32), (2, 70, DataType.Float64),
        })
        {
            Recurrence op = new(Enum.Parse<RecurrentCell>(cell), reverse, Drops: units % 2 == 0);
            Tensor[] inputs = Inputs(op, batch, time: 9, units, dataType);
            double tolerance = dataType == DataType.Float32 ? 1e-5 : 1e-12;
            Tensor[] outputs = op.Apply(inputs);
            Near(RecurrenceComposition.Forward(op, inputs), outputs, tolerance);

            RecurrenceGradient gradient = new(op.Cell, reverse, op.Drops);
            Tensor cotangent = GradientCheck.Random(outputs[0].Shape, 9).To(dataType);
            Tensor[] given =
            [
                inputs[1], inputs[3], inputs[4], inputs[op.FirstCell], outputs[0], outputs[outputs.Length > 1 ? 1 : 0], outputs[^1],
                cotangent, cotangent * 0.5, inputs[^1],
            ];
            Near(RecurrenceComposition.Backward(gradient, given), gradient.Apply(given), tolerance);
        }
    }

    [Theory]
    [InlineData(1, 128)]
    [InlineData(5, 96)]
    [InlineData(40, 64)]
    public void Any_number_of_threads_gives_the_same_bits(int batch, int units)
    {
        Recurrence op = new(RecurrentCell.Lstm, Reverse: false);
        Tensor[] inputs = Inputs(op, batch, time: 40, units, DataType.Float32);
        List<float[]> runs = [];
        foreach (int count in ThreadCounts.Counts)
        {
            ThreadCounts.With(count, () => runs.Add(op.Apply(inputs)[1].ToArray<float>()));
        }

        Assert.All(runs, run => Assert.Equal(runs[0], run));
    }

    [Fact]
    public void Steps_behind_the_end_of_a_sequence_keep_its_state()
    {
        Recurrence op = new(RecurrentCell.Lstm, Reverse: false);
        Tensor[] inputs = Inputs(op, batch: 3, time: 4, units: 5, DataType.Float64);
        inputs[3] = Tensor.From([2, 0, 4]);
        Tensor[] outputs = op.Apply(inputs);
        Assert.Equal(outputs[0][0, 1].ToArray<double>(), outputs[0][0, 3].ToArray<double>());
        Assert.Equal(inputs[4][1].ToArray<double>(), outputs[0][1, 3].ToArray<double>());
        Assert.Equal(inputs[5][1].ToArray<double>(), outputs[1][1, 3].ToArray<double>());
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_what_was_expected()
    {
        Recurrence op = new(RecurrentCell.Gru, Reverse: false);
        Tensor[] inputs = Inputs(op, batch: 2, time: 3, units: 2, DataType.Float64);
        inputs[1] = Tensor.Zeros([2, 5], DataType.Float64);
        string message = Assert.Throws<ArgumentException>(() => op.Apply(inputs)).Message;
        Assert.Equal("Recurrence expects a recurrent kernel float64[2, 6] but got float64[2, 5].", message);
    }

    private static Tensor[] Inputs(Recurrence op, int batch, int time, int units, DataType dataType)
    {
        int width = op.Cell.Gates() * units;
        int[] lengths = [.. Enumerable.Range(0, batch).Select(row => time - (row % time))];
        Tensor[] inputs =
        [
            Random([batch, time, width], 1), Random([units, width], 2), Random([width], 3), Tensor.From(lengths), Random([batch, units], 4),
        ];
        inputs = op.Cell == RecurrentCell.Lstm ? [.. inputs, Random([batch, units], 5)] : inputs;
        return op.Drops ? [.. inputs, Random([batch, units], 6)] : inputs;

        Tensor Random(Shape shape, int seed) => GradientCheck.Random(shape, seed).To(dataType);
    }

    private static void Near(Tensor[] expected, Tensor[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((Tensor wanted, Tensor got) in expected.Zip(actual))
        {
            Assert.Equal(wanted.Type, got.Type);
            double[] left = wanted.To(DataType.Float64).ToArray<double>();
            double[] right = got.To(DataType.Float64).ToArray<double>();
            for (int index = 0; index < left.Length; index++)
            {
                Assert.Equal(left[index], right[index], tolerance * Math.Max(1, Math.Abs(left[index])));
            }
        }
    }
}
