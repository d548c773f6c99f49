using System.Numerics;
using System.Runtime.CompilerServices;
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
    private const int FewestColumns = 256;
    private const int FewestRuns = 8;
    private const int RowsAtOnce = 8;
    private const int PieceElements = 1 << 14;

    private readonly T* input;
    private readonly T* output;
    private readonly int reduced;
    private readonly int inner;
    private readonly int length;
    private readonly int slices;
    private readonly int columnsPerRun;
    private readonly int columnBlocks;
    private readonly long runs;
    private readonly long runsPerPiece;

    public ReductionPieces(T* input, T* output, int outer, int reduced, int inner, int length)
    {
        this.input = input;
        this.output = output;
        (this.reduced, this.inner, this.length) = (reduced, inner, length);
        slices = Math.Max(1, (reduced + length - 1) / length);
        long rows = Math.Min(length, Math.Max(1, reduced));
        columnsPerRun = MostColumns;
        while (columnsPerRun > FewestColumns && rows * columnsPerRun > PieceElements && (long)outer * slices * Blocks(inner, columnsPerRun) < FewestRuns)
        {
            columnsPerRun /= 2;
        }

        columnBlocks = Blocks(inner, columnsPerRun);
        runs = (long)outer * slices * columnBlocks;
        long runElements = rows * Math.Min(inner, columnsPerRun);
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
            int column = (int)block * columnsPerRun;
            T* source = input + ((((outer * reduced) + first) * inner) + column);
            T* target = output + ((result * inner) + column);
            if (inner == 1)
            {
                *target = Along(source, rows);
            }
            else if (inner < Vector512<T>.Count)
            {
                DownNarrow(source, rows, target);
            }
            else
            {
                Down(source, rows, target, Math.Min(columnsPerRun, inner - column));
            }
        }
    }

    private static int Blocks(int columns, int size) => (columns + size - 1) / size;

    // Four vectors take turns, since each sum must wait for the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static T Along(T* source, int count)
    {
        int width = Vector512<T>.Count;
        Vector512<T> a = Vector512.Create(TReducer.Identity<T>());
        (Vector512<T> b, Vector512<T> c, Vector512<T> d) = (a, a, a);
        int index = 0;
        for (; index <= count - (4 * width); index += 4 * width)
        {
            a = TReducer.Combine(a, Vector512.Load(source + index));
            b = TReducer.Combine(b, Vector512.Load(source + index + width));
            c = TReducer.Combine(c, Vector512.Load(source + index + (2 * width)));
            d = TReducer.Combine(d, Vector512.Load(source + index + (3 * width)));
        }

        Vector512<T> lanes = TReducer.Combine(TReducer.Combine(a, b), TReducer.Combine(c, d));
        for (; index <= count - width; index += width)
        {
            lanes = TReducer.Combine(lanes, Vector512.Load(source + index));
        }

        if (index < count)
        {
            lanes = TReducer.Combine(lanes, LaneReduction.First<T, TReducer>(source + index, count - index));
        }

        return LaneReduction.Across<T, TReducer>(lanes);
    }

    // Some rows at a time from end to end, while the results stay in the first-level cache: memory is read along the rows, which is what it is fast at.
    private void Down(T* source, int rows, T* target, int columns)
    {
        int whole = columns / Vector512<T>.Count * Vector512<T>.Count;
        new Span<T>(target, whole).Fill(TReducer.Identity<T>());
        int row = 0;
        for (; row <= rows - RowsAtOnce; row += RowsAtOnce)
        {
            AddRows(source + ((nint)row * inner), target, whole);
        }

        for (; row < rows; row++)
        {
            AddRow(source + ((nint)row * inner), target, whole);
        }

        if (whole < columns)
        {
            DownLast(source + whole, rows, target + whole, columns - whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddRows(T* source, T* target, int columns)
    {
        nint step = inner;
        for (int column = 0; column < columns; column += Vector512<T>.Count)
        {
            T* at = source + column;
            Vector512<T> result = TReducer.Combine(Vector512.Load(target + column), Vector512.Load(at));
            result = TReducer.Combine(result, Vector512.Load(at + step));
            result = TReducer.Combine(result, Vector512.Load(at + (2 * step)));
            result = TReducer.Combine(result, Vector512.Load(at + (3 * step)));
            at += 4 * step;
            result = TReducer.Combine(result, Vector512.Load(at));
            result = TReducer.Combine(result, Vector512.Load(at + step));
            result = TReducer.Combine(result, Vector512.Load(at + (2 * step)));
            TReducer.Combine(result, Vector512.Load(at + (3 * step))).Store(target + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddRow(T* source, T* target, int columns)
    {
        for (int column = 0; column < columns; column += Vector512<T>.Count)
        {
            TReducer.Combine(Vector512.Load(target + column), Vector512.Load(source + column)).Store(target + column);
        }
    }

    // As many vectors as there are columns hold as many whole rows as a vector has lanes: each lane belongs to one column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void DownNarrow(T* source, int rows, T* target)
    {
        int width = Vector512<T>.Count;
        Vector512<T>* sums = stackalloc Vector512<T>[inner];
        new Span<Vector512<T>>(sums, inner).Fill(Vector512.Create(TReducer.Identity<T>()));
        int row = 0;
        for (; row <= rows - width; row += width)
        {
            T* at = source + ((nint)row * inner);
            for (int part = 0; part < inner; part++)
            {
                sums[part] = TReducer.Combine(sums[part], Vector512.Load(at + (part * width)));
            }
        }

        new Span<T>(target, inner).Fill(TReducer.Identity<T>());
        T* lanes = (T*)sums;
        for (int lane = 0; lane < inner * width; lane++)
        {
            target[lane % inner] = TReducer.Combine(target[lane % inner], lanes[lane]);
        }

        for (nint rest = (nint)row * inner; rest < (nint)rows * inner; rest++)
        {
            target[rest % inner] = TReducer.Combine(target[rest % inner], source[rest]);
        }
    }

    // Whole vectors as long as they end before the last row does: what they hold of the next rows is not used.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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
