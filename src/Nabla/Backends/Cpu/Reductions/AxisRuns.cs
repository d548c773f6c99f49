using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>
/// How a tensor <c>[outer, length, inner]</c> is cut along its middle axis: into rows when there is no inner axis, else into strips of columns as
/// wide as a vector. A piece is some of them, cut by shape alone.
/// </summary>
internal readonly unsafe struct AxisRuns
{
    private readonly int width;
    private readonly int strips;
    private readonly long runs;
    private readonly long runsPerPiece;

    private AxisRuns(long outer, int length, int inner, int width, int pieceElements)
    {
        (Length, Inner, this.width) = (length, inner, width);
        strips = (inner + width - 1) / width;
        runs = outer * strips;
        runsPerPiece = Math.Max(1, pieceElements / Math.Max(1, (long)length * Math.Min(width, inner)));
        Pieces = (int)((runs + runsPerPiece - 1) / runsPerPiece);
    }

    /// <summary>The elements along the axis.</summary>
    public int Length { get; }

    /// <summary>The elements from one along the axis to the next.</summary>
    public int Inner { get; }

    public int Pieces { get; }

    /// <summary>Cuts a tensor along an axis for vectors of some lanes.</summary>
    public static AxisRuns Of(Shape shape, int axis, int width, int pieceElements) =>
        new(shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank), width, pieceElements);

    /// <summary>The first run of a piece.</summary>
    public long First(int piece) => piece * runsPerPiece;

    /// <summary>The run behind the last of a piece.</summary>
    public long End(int piece) => Math.Min(runs, (piece + 1) * runsPerPiece);

    /// <summary>Where a run begins, where its result begins when the axis is reduced, and how many columns it has.</summary>
    public (long Source, long Target, int Columns) Find(long run)
    {
        (long outer, long strip) = Math.DivRem(run, strips);
        int column = (int)strip * width;
        return ((outer * Length * Inner) + column, (outer * Inner) + column, Math.Min(width, Inner - column));
    }

    /// <summary>The columns of a strip in one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Load<T>(T* strip, int row, int columns)
        where T : unmanaged => columns == Vector512<T>.Count
            ? Vector512.Load(strip + ((nint)row * Inner))
            : Elementwise.Rows.LoadFirst(strip + ((nint)row * Inner), columns);

    /// <summary>Stores the columns of a strip in one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(Vector512<T> lanes, T* strip, int row, int columns)
        where T : unmanaged
    {
        if (columns == Vector512<T>.Count)
        {
            lanes.Store(strip + ((nint)row * Inner));
        }
        else
        {
            Elementwise.Rows.StoreFirst(lanes, strip + ((nint)row * Inner), columns);
        }
    }
}
