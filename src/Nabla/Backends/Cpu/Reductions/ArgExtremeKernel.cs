// Along a row the largest element is found first, then the first place where it stands. Down the rows of a strip of columns each
// lane remembers its largest element and, as a number of the same type, its row; types that cannot count the rows go one by one.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Finds where the largest or smallest elements along an axis are.</summary>
internal static unsafe class ArgExtremeKernel
{
    private const int PieceElements = 1 << 14;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<ArgExtreme>((op, inputs, outputs) =>
    {
        if (op.Largest)
        {
            ElementTypes.Number(inputs[0].DataType, new Body<MaxReducer>(op.Axis, inputs[0], outputs[0]));
        }
        else
        {
            ElementTypes.Number(inputs[0].DataType, new Body<MinReducer>(op.Axis, inputs[0], outputs[0]));
        }
    });

    private readonly struct Body<TReducer>(int axis, Tensor input, Tensor output) : INumberBody
        where TReducer : IReducer
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            AxisRuns runs = AxisRuns.Of(input.Shape, axis, Vector512<T>.Count, PieceElements);
            WorkerPool.Run(runs.Pieces, new Pieces<T, TReducer>(runs, input.Pointer<T>(), output.Pointer<int>()));
        }
    }

    private readonly struct Pieces<T, TReducer>(AxisRuns runs, T* input, int* output) : IPieceBody
        where T : unmanaged, INumber<T>
        where TReducer : IReducer
    {
        // What a lane can count to.
        private static readonly long MostRows = typeof(T) == typeof(byte) ? 1 << 8 : typeof(T) == typeof(sbyte) ? 1 << 7 : typeof(T) == typeof(float) ? 1 << 24 : int.MaxValue;

        public void Run(int piece)
        {
            for (long run = runs.First(piece); run < runs.End(piece); run++)
            {
                (long source, long target, int columns) = runs.Find(run);
                if (runs.Inner == 1)
                {
                    output[target] = Along(input + source);
                }
                else if (runs.Length <= MostRows)
                {
                    Down(input + source, output + target, columns);
                }
                else
                {
                    OneByOne(input + source, output + target, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private int Along(T* row)
        {
            Vector512<T> lanes = Vector512.Create(TReducer.Identity<T>());
            int width = Vector512<T>.Count;
            int whole = runs.Length & -width;
            for (int index = 0; index < whole; index += width)
            {
                lanes = TReducer.Combine(lanes, Vector512.Load(row + index));
            }

            if (whole < runs.Length)
            {
                lanes = TReducer.Combine(lanes, LaneReduction.First<T, TReducer>(row + whole, runs.Length - whole));
            }

            return Find(row, LaneReduction.Across<T, TReducer>(lanes));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private int Find(T* row, T best)
        {
            Vector512<T> wanted = Vector512.Create(best);
            for (int index = 0; ; index += Vector512<T>.Count)
            {
                int left = runs.Length - index;
                Vector512<T> lanes = left >= Vector512<T>.Count ? Vector512.Load(row + index) : Elementwise.Rows.LoadFirst(row + index, left);
                Vector512<T> found = T.IsNaN(best) ? ~Vector512.Equals(lanes, lanes) : Vector512.Equals(lanes, wanted);
                if (found != Vector512<T>.Zero)
                {
                    return index + BitOperations.TrailingZeroCount(found.ExtractMostSignificantBits());
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Down(T* source, int* target, int columns)
        {
            Vector512<T> best = runs.Load(source, 0, columns);
            Vector512<T> rows = Vector512<T>.Zero;
            for (int row = 1; row < runs.Length; row++)
            {
                // A NaN stays: it is equal to nothing, not even to itself.
                Vector512<T> combined = TReducer.Combine(best, runs.Load(source, row, columns));
                Vector512<T> changes = Vector512.AndNot(Vector512.Equals(best, best), Vector512.Equals(combined, best));
                rows = Vector512.ConditionalSelect(changes, Vector512.Create(T.CreateTruncating(row)), rows);
                best = combined;
            }

            for (int column = 0; column < columns; column++)
            {
                target[column] = int.CreateTruncating(rows.GetElement(column));
            }
        }

        private void OneByOne(T* source, int* target, int columns)
        {
            for (int column = 0; column < columns; column++)
            {
                T best = source[column];
                target[column] = 0;
                for (int row = 1; row < runs.Length && !T.IsNaN(best); row++)
                {
                    T combined = TReducer.Combine(best, source[((nint)row * runs.Inner) + column]);
                    target[column] = combined == best ? target[column] : row;
                    best = combined;
                }
            }
        }
    }
}
