using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>
/// One pass of a reduction <c>[outer, reduced, inner]</c> -> <c>[outer, slices, inner]</c>. A piece is a slice of some columns, or several
/// small slices.
/// </summary>
internal readonly unsafe struct ReductionPieces<T, TReducer> : IPieceBody
    where T : unmanaged, INumber<T>
    where TReducer : IReducer
{
    private const int MostColumns = 4096;
    private const int PieceElements = 1 << 14;

    private readonly T* input;
    private readonly T* output;
    private readonly int reduced;
    private readonly int inner;
    private readonly int length;
    private readonly int slices;
    private readonly int columnBlocks;
    private readonly long runs;
    private readonly long runsPerPiece;

    public ReductionPieces(T* input, T* output, int outer, int reduced, int inner, int length)
    {
        this.input = input;
        this.output = output;
        (this.reduced, this.inner, this.length) = (reduced, inner, length);
        slices = Math.Max(1, (reduced + length - 1) / length);
        columnBlocks = (inner + MostColumns - 1) / MostColumns;
        runs = (long)outer * slices * columnBlocks;
        long runElements = (long)Math.Min(length, Math.Max(1, reduced)) * Math.Min(inner, MostColumns);
        runsPerPiece = Math.Max(1, PieceElements / Math.Max(1, runElements));
        Count = (int)((runs + runsPerPiece - 1) / runsPerPiece);
    }

    public int Count { get; }

    public void Run(int piece)
    {
        long end = Math.Min(runs, (piece + 1) * runsPerPiece);
        for (long run = piece * runsPerPiece; run < end; run++)
        {
            (long result, long block) = Math.DivRem(run, columnBlocks);
            (long outer, long slice) = Math.DivRem(result, slices);
            int first = (int)slice * length;
            int rows = Math.Min(length, reduced - first);
            int column = (int)block * MostColumns;
            T* source = input + ((((outer * reduced) + first) * inner) + column);
            T* target = output + ((result * inner) + column);
            if (inner == 1)
            {
                *target = Along(source, rows);
            }
            else
            {
                Down(source, rows, target, Math.Min(MostColumns, inner - column));
            }
        }
    }

    private static T Along(T* source, int count)
    {
        Vector512<T> lanes = Vector512.Create(TReducer.Identity<T>());
        int index = 0;
        for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
        {
            lanes = TReducer.Combine(lanes, Vector512.Load(source + index));
        }

        T result = TReducer.Identity<T>();
        for (int lane = 0; lane < Vector512<T>.Count && index > 0; lane++)
        {
            result = TReducer.Combine(result, lanes.GetElement(lane));
        }

        for (; index < count; index++)
        {
            result = TReducer.Combine(result, source[index]);
        }

        return result;
    }

    private void Down(T* source, int rows, T* target, int columns)
    {
        int width = Vector512<T>.Count;
        int column = 0;
        for (; column <= columns - (4 * width); column += 4 * width)
        {
            DownFour(source + column, rows, target + column);
        }

        for (; column <= columns - width; column += width)
        {
            Vector512<T> result = Vector512.Create(TReducer.Identity<T>());
            for (int row = 0; row < rows; row++)
            {
                result = TReducer.Combine(result, Vector512.Load(source + ((nint)row * inner) + column));
            }

            result.Store(target + column);
        }

        if (column < columns)
        {
            DownLast(source + column, rows, target + column, columns - column);
        }
    }

    private void DownFour(T* source, int rows, T* target)
    {
        int width = Vector512<T>.Count;
        Vector512<T> a = Vector512.Create(TReducer.Identity<T>());
        (Vector512<T> b, Vector512<T> c, Vector512<T> d) = (a, a, a);
        for (int row = 0; row < rows; row++)
        {
            T* at = source + ((nint)row * inner);
            a = TReducer.Combine(a, Vector512.Load(at));
            b = TReducer.Combine(b, Vector512.Load(at + width));
            c = TReducer.Combine(c, Vector512.Load(at + (2 * width)));
            d = TReducer.Combine(d, Vector512.Load(at + (3 * width)));
        }

        a.Store(target);
        b.Store(target + width);
        c.Store(target + (2 * width));
        d.Store(target + (3 * width));
    }

    // Whole vectors as long as they end before the last row does: what they hold of the next rows is not used.
    private void DownLast(T* source, int rows, T* target, int columns)
    {
        Vector512<T> result = Vector512.Create(TReducer.Identity<T>());
        T* end = source + ((nint)(rows - 1) * inner) + columns;
        for (int row = 0; row < rows; row++)
        {
            T* at = source + ((nint)row * inner);
            result = TReducer.Combine(result, at + Vector512<T>.Count <= end ? Vector512.Load(at) : Elementwise.Rows.LoadFirst(at, columns));
        }

        Elementwise.Rows.StoreFirst(result, target, columns);
    }
}
