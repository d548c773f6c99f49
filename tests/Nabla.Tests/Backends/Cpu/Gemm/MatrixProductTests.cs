using System.Numerics;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Tests.Backends.Cpu.Gemm;

[Collection(nameof(WorkerPool))]
public sealed unsafe class MatrixProductTests
{
    private const long Large = 1_000_000;

    /// <summary>Rows, columns and steps: below, at and beyond tiles, panels, step blocks and thread blocks; rows and columns alone.</summary>
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 1, 1, 1 }, { 1, 1, 0 }, { 3, 5, 0 }, { 1, 130, 70 }, { 13, 16, 9 }, { 14, 32, 17 }, { 15, 33, 31 }, { 29, 47, 300 },
        { 2, 100, 257 }, { 64, 10, 120 }, { 113, 65, 66 }, { 131, 545, 40 }, { 257, 31, 520 }, { 8, 130, 600 }, { 61, 420, 318 },
        { 70, 1, 300 }, { 1300, 1, 9 }, { 1, 1030, 140 }, { 1, 67, 130 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Product_of_floats_has_the_bits_of_the_naive_chain(int rows, int columns, int steps) => AllCases<float>(rows, columns, steps);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Product_of_doubles_has_the_bits_of_the_naive_chain(int rows, int columns, int steps) => AllCases<double>(rows, columns, steps);

    [Theory]
    [InlineData(45, 101, 23)]
    [InlineData(9, 300, 65)]
    [InlineData(70, 34, 7)]
    [InlineData(3, 128, 40)]
    public void Rows_that_lie_whole_pages_apart_give_the_same_bits(int rows, int columns, int steps)
    {
        AllCases<float>(rows, columns, steps, rowLength: 1024);
        AllCases<double>(rows, columns, steps, rowLength: 512);
    }

    [Theory]
    [InlineData(7, 5, 9, 4)]
    [InlineData(3, 70, 65, 130)]
    [InlineData(300, 2, 3, 1)]
    [InlineData(1, 64, 64, 64)]
    [InlineData(9, 40, 1, 33)]
    [InlineData(0, 4, 4, 4)]
    public void A_batch_of_products_equals_each_product_alone(int batch, int rows, int columns, int steps)
    {
        foreach ((bool sharedLeft, bool sharedRight) in new[] { (false, false), (true, false), (false, true) })
        {
            using Guarded<float> left = Guarded<float>.Random((sharedLeft ? 1 : batch) * rows * steps, 1);
            using Guarded<float> right = Guarded<float>.Random((sharedRight ? 1 : batch) * steps * columns, 2);
            using Guarded<float> alone = new(batch * rows * columns);
            nint leftStride = sharedLeft ? 0 : rows * steps, rightStride = sharedRight ? 0 : steps * columns;
            for (int item = 0; item < batch; item++)
            {
                MatrixProduct.Multiply(
                    rows, columns, steps, left.Pointer + (item * leftStride), steps, false, right.Pointer + (item * rightStride), columns, false,
                    alone.Pointer + (item * rows * columns), columns, accumulate: false);
            }

            foreach (int threads in Threads.Counts)
            {
                using Guarded<float> together = new(batch * rows * columns);
                Threads.With(threads, () => MatrixProduct.MultiplyBatch(
                    batch, rows, columns, steps, left.Pointer, steps, leftStride, false, right.Pointer, columns, rightStride, false,
                    together.Pointer, columns, rows * columns, accumulate: false));
                together.AssertMarginsUntouched();
                Assert.Equal(alone.Span.ToArray(), together.Span.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(28, 65, 1)]
    [InlineData(29, 129, 300)]
    [InlineData(64, 130, 77)]
    [InlineData(131, 545, 40)]
    [InlineData(61, 420, 1030)]
    [InlineData(300, 70, 513)]
    public void A_packed_right_operand_gives_the_same_bits(int rows, int columns, int steps)
    {
        CheckPacked<float>(rows, columns, steps);
        CheckPacked<double>(rows, columns, steps);
    }

    [Fact]
    public void Not_a_number_passes_the_rectifier()
    {
        float[] values = [float.NaN, -1, 2];
        float one = 1;
        float[] result = new float[3];
        fixed (float* right = values, target = result)
        {
            MatrixProduct.Multiply(1, 3, 1, &one, 1, false, right, 3, false, target, 3, accumulate: false, relu: true);
        }

        Assert.Equal([float.NaN, 0, 2], result);
    }

    private static void CheckPacked<T>(int rows, int columns, int steps)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using Guarded<T> left = Guarded<T>.Random(rows * steps, 1);
        using Guarded<T> right = Guarded<T>.Random(steps * columns, 2);
        using Guarded<T> bias = Guarded<T>.Random(columns, 3);
        using Guarded<T> expected = new(rows * columns);
        MatrixProduct.Multiply(
            rows, columns, steps, left.Pointer, steps, false, right.Pointer, columns, false, expected.Pointer, columns, accumulate: false, bias.Pointer, relu: true);
        foreach (LaneWidth width in Widths.All)
        {
            LaneDispatch.Run<T, PackedCheck>(new PackedCheck(left.Pointer, right.Pointer, bias.Pointer, expected.Pointer, rows, columns, steps, width), width);
        }
    }

    private readonly struct PackedCheck(void* left, void* right, void* bias, void* expected, int rows, int columns, int steps, LaneWidth width) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            Assert.True(BlockProduct<T, TVector, TLanes>.PacksRight(rows, columns));
            using Guarded<T> packed = new(checked((int)BlockProduct<T, TVector, TLanes>.PackedElements(steps, columns)));
            BlockProduct<T, TVector, TLanes>.Pack((T*)right, steps, columns, packed.Pointer);
            packed.AssertMarginsUntouched();
            ProductWork<T> work = new()
            {
                Rows = rows,
                Columns = columns,
                Steps = steps,
                Left = (T*)left,
                LeftRowStride = steps,
                LeftStepStride = 1,
                RightStepStride = columns,
                RightColumnStride = 1,
                Packed = packed.Pointer,
                PackedColumns = BlockProduct<T, TVector, TLanes>.PackedColumns(columns),
                TargetStride = columns,
                Bias = (T*)bias,
                Relu = true,
            };
            LaneWidth lanes = width;
            foreach (int threads in Threads.Counts)
            {
                using Guarded<T> result = new(rows * columns);
                ProductWork<T> whole = work with { Target = result.Pointer };
                Threads.With(threads, () => MatrixProduct.Multiply(whole, 1, 0, 0, 0, lanes));
                Assert.Equal(new Span<T>(expected, rows * columns).ToArray(), result.Span.ToArray());
                result.AssertMarginsUntouched();
            }
        }
    }

    private static void AllCases<T>(int rows, int columns, int steps, int rowLength = 0)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int flags = 0; flags < 32; flags++)
        {
            // What is done to finished sums is the same in large products: nothing of it or all of it.
            if ((long)rows * columns * steps < Large || flags >> 2 is 0 or 7)
            {
                Case<T> one = new(rows, columns, steps, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, (flags & 16) != 0, rowLength);
                one.Check();
            }
        }
    }

    private sealed record Case<T>(int Rows, int Columns, int Steps, bool TransposeLeft, bool TransposeRight, bool Accumulate, bool Bias, bool Relu, int RowLength)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly int leftStride = RowLength > 0 ? RowLength : (TransposeLeft ? Rows : Steps) + 3;
        private readonly int rightStride = RowLength > 0 ? RowLength : (TransposeRight ? Steps : Columns) + 2;
        private readonly int targetStride = Columns == 1 ? 1 : Columns + 1;

        public void Check()
        {
            using Guarded<T> left = Guarded<T>.Random(leftStride * (TransposeLeft ? Steps : Rows), 1);
            using Guarded<T> right = Guarded<T>.Random(rightStride * (TransposeRight ? Columns : Steps), 2);
            using Guarded<T> bias = Guarded<T>.Random(Columns, 3);
            using Guarded<T> before = Guarded<T>.Random(targetStride * Rows, 4);
            using Guarded<T> expected = before.Copy();
            Naive(left.Span, right.Span, bias.Span, expected.Span);
            foreach (LaneWidth width in Widths.All)
            {
                foreach (int threads in Threads.Counts)
                {
                    using Guarded<T> result = before.Copy();
                    Threads.With(threads, () => MatrixProduct.Multiply(Work(left, right, bias, result), 1, 0, 0, 0, width));
                    Assert.Equal(expected.Span.ToArray(), result.Span.ToArray());
                    result.AssertMarginsUntouched();
                }
            }
        }

        private ProductWork<T> Work(Guarded<T> left, Guarded<T> right, Guarded<T> bias, Guarded<T> target) => new()
        {
            Rows = Rows,
            Columns = Columns,
            Steps = Steps,
            Left = left.Pointer,
            LeftRowStride = TransposeLeft ? 1 : leftStride,
            LeftStepStride = TransposeLeft ? leftStride : 1,
            Right = right.Pointer,
            RightStepStride = TransposeRight ? 1 : rightStride,
            RightColumnStride = TransposeRight ? rightStride : 1,
            Target = target.Pointer,
            TargetStride = targetStride,
            Bias = Bias ? bias.Pointer : null,
            Accumulate = Accumulate,
            Relu = Relu,
        };

        private void Naive(ReadOnlySpan<T> left, ReadOnlySpan<T> right, ReadOnlySpan<T> bias, Span<T> target)
        {
            for (int row = 0; row < Rows; row++)
            {
                for (int column = 0; column < Columns; column++)
                {
                    ref T result = ref target[(row * targetStride) + column];
                    T sum = Accumulate ? result : T.Zero;
                    for (int step = 0; step < Steps; step++)
                    {
                        sum = T.FusedMultiplyAdd(
                            left[TransposeLeft ? (step * leftStride) + row : (row * leftStride) + step],
                            right[TransposeRight ? (column * rightStride) + step : (step * rightStride) + column],
                            sum);
                    }

                    sum = Bias ? sum + bias[column] : sum;
                    result = Relu ? T.Max(sum, T.Zero) : sum;
                }
            }
        }
    }
}
