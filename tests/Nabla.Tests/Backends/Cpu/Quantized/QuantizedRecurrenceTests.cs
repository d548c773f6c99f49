using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Quantized;
using Nabla.Backends.Cpu.Recurrent;
using Nabla.Ops.Quantization;
using Nabla.Ops.Recurrent;
using ThreadCounts = Nabla.Tests.Backends.Cpu.Threads;

namespace Nabla.Tests.Backends.Cpu.Quantized;

/// <summary>Recurrent networks of bytes at every width: the same bits, and at each step what the sums of integers and the functions of the gates give.</summary>
[Collection(nameof(WorkerPool))]
public sealed class QuantizedRecurrenceTests
{
    private const double Tolerance = 2e-5;

    private static readonly RandomKey Key = RandomKey.FromSeed(13);

    private delegate Tensor[] Runner(QuantizedRecurrence op, Operands operands);

    /// <summary>Sequences, steps, units, the largest first state (0 for states of zero), whether steps go backwards.</summary>
    public static TheoryData<int, int, int, float, bool> Sizes => new()
    {
        { 1, 1, 1, 0, false },
        { 1, 5, 128, 0, false },
        { 1, 5, 100, 3, true },
        { 3, 5, 7, 0.5f, false },
        { 3, 1, 33, 0, true },
        { 16, 5, 64, 1, true },
        { 65, 5, 100, 0, false },
        { 65, 5, 16, 2, true },
    };

    private static IEnumerable<Runner> Widths
    {
        get
        {
            yield return Run<Vector128<int>, PortableQuads>;
            yield return Run<Vector512<int>, TwoHalves>;
            if (Ssse3.IsSupported)
            {
                yield return Run<Vector128<int>, Quads128>;
            }

            if (Avx2.IsSupported)
            {
                yield return Run<Vector256<int>, Quads256>;
            }

            if (Avx512BW.IsSupported)
            {
                yield return Run<Vector512<int>, Quads512>;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Each_step_is_that_of_sums_of_integers(int batch, int time, int units, float first, bool reverse)
    {
        foreach ((RecurrentCell cell, int largest) in new[] { (RecurrentCell.Lstm, 63), (RecurrentCell.Gru, 127), (RecurrentCell.Tanh, 63), (RecurrentCell.Lstm, 128) })
        {
            QuantizedRecurrence op = new(cell, reverse);
            Operands operands = new(op, batch, time, units, first, largest);
            Tensor[] results = Widths.First()(op, operands);
            operands.Check(results);
            foreach (Runner run in Widths.Skip(1))
            {
                Assert.All(results.Zip(run(op, operands)), pair => Assert.Equal(pair.First.ToArray<float>(), pair.Second.ToArray<float>()));
            }
        }
    }

    [Theory]
    [InlineData(1, 128)]
    [InlineData(40, 64)]
    public void Any_number_of_threads_gives_the_same_bits(int batch, int units)
    {
        QuantizedRecurrence op = new(RecurrentCell.Lstm, Reverse: false);
        Operands operands = new(op, batch, time: 40, units, first: 1, largest: 63);
        List<float[]> runs = [];
        foreach (int count in ThreadCounts.Counts)
        {
            ThreadCounts.With(count, () => runs.Add(Widths.Last()(op, operands)[1].ToArray<float>()));
        }

        Assert.All(runs, run => Assert.Equal(runs[0], run));
    }

    private static Tensor[] Run<TVector, TLanes>(QuantizedRecurrence op, Operands operands)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector>
    {
        QuantizedWindow window = QuantizedRecurrence.WindowOf(op.Cell, operands.Units);
        QuantizedPacking packing = new(window, QuantizedProductKernels.BytesOf<TVector, TLanes>(window));
        Tensor zero = Tensor.Scalar((sbyte)0);
        Tensor[] packed = [.. packing.Infer([operands.Kernel.Type, zero.Type]).Select(Tensor.Allocate)];
        QuantizedProductKernels.Pack<TVector, TLanes>(packing, [operands.Kernel, zero], packed);
        Tensor[] inputs = operands.Inputs(packed);
        Tensor[] outputs = [.. op.Infer([.. inputs.Select(input => input.Type)]).Select(Tensor.Allocate)];
        QuantizedRecurrenceKernels.Run<TVector, TLanes>(op, inputs, outputs);
        return outputs;
    }

    /// <summary>Random operands, and what comes of them.</summary>
    private sealed class Operands
    {
        private readonly QuantizedRecurrence op;
        private readonly Tensor projected;
        private readonly Tensor bias;
        private readonly Tensor scales;
        private readonly Tensor lengths;
        private readonly Tensor hidden;
        private readonly Tensor cell;
        private readonly int batch;
        private readonly int time;
        private readonly int width;

        public Operands(QuantizedRecurrence op, int batch, int time, int units, float first, int largest)
        {
            (this.op, this.batch, this.time, Units) = (op, batch, time, units);
            width = op.Cell.Gates() * units;
            projected = Key.Fold(1).Normal([batch, time, width]);
            Kernel = Key.Fold(2).Integers([units, width], -largest, largest == 128 ? 128 : largest + 1, DataType.Int8);
            bias = Key.Fold(3).Uniform([width], -1, 1);
            scales = Key.Fold(4).Uniform([width], 0.001, 0.01);
            lengths = Tensor.From([.. Enumerable.Range(0, batch).Select(row => time - (row % (time + 1)))]);
            hidden = Key.Fold(5).Uniform([batch, units], -1, 1) * first;
            cell = Key.Fold(6).Uniform([batch, units], -1, 1) * first;
        }

        public int Units { get; }

        public Tensor Kernel { get; }

        public Tensor[] Inputs(Tensor[] packed) =>
            [projected, packed[0], bias, lengths, hidden, .. op.Cell == RecurrentCell.Lstm ? [cell] : Array.Empty<Tensor>(), packed[1], scales];

        /// <summary>Computes each step from the states before it that were given, in loops.</summary>
        public void Check(Tensor[] results)
        {
            float[] states = results[0].ToArray<float>(), cells = results[^1].ToArray<float>();
            float[] firstStates = hidden.ToArray<float>(), firstCells = cell.ToArray<float>();
            int[] ends = lengths.ToArray<int>();
            for (int row = 0; row < batch; row++)
            {
                float[] before = firstStates[(row * Units)..((row + 1) * Units)], cellsBefore = firstCells[(row * Units)..((row + 1) * Units)];
                float scale = Math.Max(1, before.Max(MathF.Abs)) / 127;
                foreach (int step in op.Reverse ? Enumerable.Range(0, time).Reverse() : Enumerable.Range(0, time))
                {
                    int at = ((row * time) + step) * Units;
                    (float[] after, float[] cellsAfter) = (states[at..(at + Units)], cells[at..(at + Units)]);
                    if (step >= ends[row])
                    {
                        Assert.Equal(before, after);
                    }
                    else
                    {
                        CheckStep(row, step, scale, (before, cellsBefore), (after, cellsAfter));
                    }

                    (before, cellsBefore) = (after, cellsAfter);
                }
            }
        }

        private void CheckStep(int row, int step, float scale, (float[] States, float[] Cells) before, (float[] States, float[] Cells) after)
        {
            double[] x = [.. projected[row, step].ToArray<float>()];
            double[] h = Products(before.States, scale);
            for (int unit = 0; unit < Units; unit++)
            {
                double Sum(int gate) => x[(gate * Units) + unit] + h[(gate * Units) + unit];
                switch (op.Cell)
                {
                    case RecurrentCell.Lstm:
                        double memory = (Sigmoid(Sum(1)) * before.Cells[unit]) + (Sigmoid(Sum(0)) * Math.Tanh(Sum(2)));
                        Assert.Equal(memory, after.Cells[unit], Tolerance);
                        Assert.Equal(Sigmoid(Sum(3)) * Math.Tanh(memory), after.States[unit], Tolerance);
                        break;
                    case RecurrentCell.Gru:
                        double candidate = Math.Tanh(x[(2 * Units) + unit] + (Sigmoid(Sum(0)) * h[(2 * Units) + unit]));
                        Assert.Equal(candidate + (Sigmoid(Sum(1)) * (before.States[unit] - candidate)), after.States[unit], Tolerance);
                        break;
                    default:
                        Assert.Equal(Math.Tanh(Sum(0)), after.States[unit], Tolerance);
                        break;
                }
            }
        }

        private double[] Products(float[] states, float scale)
        {
            sbyte[] kernel = Kernel.ToArray<sbyte>();
            float[] columns = scales.ToArray<float>(), biases = bias.ToArray<float>();
            long[] steps = [.. states.Select(state => (long)MathF.Round(state * (1 / scale)))];
            Assert.All(steps, value => Assert.InRange(value, -127, 127));
            return [.. Enumerable.Range(0, width).Select(column => (double)MathF.FusedMultiplyAdd(
                steps.Index().Sum(step => step.Item * kernel[(step.Index * width) + column]), columns[column] * scale, biases[column]))];
        }

        private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }
}
