// Two passes: the largest element, then the first place where it stands. Both go along a row in whole vectors, or down the rows
// for a block of columns, whose extremes so far are kept on the stack.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Finds where the largest or smallest elements along an axis are.</summary>
internal static unsafe class ArgExtremeKernel
{
    private const int MostColumns = 256;
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
            Shape shape = input.Shape;
            (int outer, int inner) = (shape.Product(0, axis), shape.Product(axis + 1, shape.Rank));
            Pieces<T, TReducer> pieces = new(input.Pointer<T>(), output.Pointer<int>(), outer, shape[axis], inner);
            WorkerPool.Run(pieces.Count, pieces);
        }
    }

    private readonly struct Pieces<T, TReducer>(T* input, int* output, int outer, int reduced, int inner) : IPieceBody
        where T : unmanaged, INumber<T>
        where TReducer : IReducer
    {
        private readonly int columnBlocks = (inner + MostColumns - 1) / MostColumns;
        private readonly int runsPerPiece = (int)Math.Max(1, PieceElements / Math.Max(1, (long)reduced * Math.Min(inner, MostColumns)));

        public int Count => (int)((((long)outer * columnBlocks) + runsPerPiece - 1) / runsPerPiece);

        public void Run(int piece)
        {
            T* best = stackalloc T[MostColumns];
            long end = Math.Min((long)outer * columnBlocks, ((long)piece + 1) * runsPerPiece);
            for (long run = (long)piece * runsPerPiece; run < end; run++)
            {
                (long at, long block) = Math.DivRem(run, columnBlocks);
                int column = (int)block * MostColumns;
                T* source = input + (at * reduced * inner) + column;
                int* target = output + (at * inner) + column;
                if (inner == 1)
                {
                    *target = Along(source);
                }
                else
                {
                    Down(source, target, best, Math.Min(MostColumns, inner - column));
                }
            }
        }

        private int Along(T* row)
        {
            Vector512<T> lanes = Vector512.Create(TReducer.Identity<T>());
            int index = 0;
            for (; index <= reduced - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                lanes = TReducer.Combine(lanes, Vector512.Load(row + index));
            }

            T best = TReducer.Identity<T>();
            for (int lane = 0; lane < Vector512<T>.Count; lane++)
            {
                best = TReducer.Combine(best, lanes.GetElement(lane));
            }

            for (; index < reduced; index++)
            {
                best = TReducer.Combine(best, row[index]);
            }

            ReadOnlySpan<T> elements = new(row, reduced);
            return T.IsNaN(best) ? FirstNaN(elements) : elements.IndexOf(best);
        }

        private static int FirstNaN(ReadOnlySpan<T> elements)
        {
            int index = 0;
            while (!T.IsNaN(elements[index]))
            {
                index++;
            }

            return index;
        }

        private void Down(T* source, int* target, T* best, int columns)
        {
            Unsafe.CopyBlockUnaligned(best, source, (uint)(columns * sizeof(T)));
            new Span<int>(target, columns).Clear();
            for (int row = 1; row < reduced; row++)
            {
                T* at = source + ((nint)row * inner);
                for (int column = 0; column < columns; column++)
                {
                    T value = TReducer.Combine(best[column], at[column]);
                    bool changes = value != best[column] && !T.IsNaN(best[column]);
                    best[column] = value;
                    target[column] = changes ? row : target[column];
                }
            }
        }
    }
}
