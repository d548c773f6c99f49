namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>
/// How a broadcast result is walked: neighbouring axes that both inputs treat alike become one, the innermost is a row, the others are
/// counted through. Pieces are cut by shape alone.
/// </summary>
internal sealed class RowWalk
{
    private const int PieceElements = 1 << 14;

    private readonly int[] sizes;
    private readonly int[] leftStrides;
    private readonly int[] rightStrides;
    private readonly long rows;
    private readonly long count;
    private readonly long rowsPerPiece;

    private RowWalk(List<(int Size, int Left, int Right)> axes, long count)
    {
        (int inner, LeftStride, RightStride) = axes[^1];
        Inner = inner;
        axes.RemoveAt(axes.Count - 1);
        sizes = [.. axes.Select(axis => axis.Size)];
        leftStrides = [.. axes.Select(axis => axis.Left)];
        rightStrides = [.. axes.Select(axis => axis.Right)];
        this.count = count;
        rows = Inner == 0 ? 0 : count / Inner;
        rowsPerPiece = Math.Max(1, PieceElements / Math.Max(1, Inner));
        IsFlat = rows <= 1 && LeftStride == 1 && RightStride == 1;
        Pieces = IsFlat ? (int)((count + PieceElements - 1) / PieceElements) : (int)((rows + rowsPerPiece - 1) / rowsPerPiece);
    }

    /// <summary>The elements of a row.</summary>
    public int Inner { get; }

    /// <summary>1 when the left input has an element for each of a row, 0 when it repeats one.</summary>
    public int LeftStride { get; }

    /// <summary>1 when the right input has an element for each of a row, 0 when it repeats one.</summary>
    public int RightStride { get; }

    /// <summary>Whether no input is broadcast: one row that pieces may cut anywhere.</summary>
    public bool IsFlat { get; }

    public int Pieces { get; }

    public static RowWalk Of(Shape result, Shape left, Shape right)
    {
        List<(int Size, int Left, int Right)> axes = [];
        int leftStep = 1;
        int rightStep = 1;
        for (int back = 1; back <= result.Rank; back++)
        {
            int size = result[-back];
            int leftSize = back <= left.Rank ? left[-back] : 1;
            int rightSize = back <= right.Rank ? right[-back] : 1;
            if (size != 1)
            {
                Join(axes, (size, leftSize == 1 ? 0 : leftStep, rightSize == 1 ? 0 : rightStep));
            }

            leftStep *= leftSize;
            rightStep *= rightSize;
        }

        if (axes.Count == 0)
        {
            axes.Add((1, 1, 1));
        }

        axes.Reverse();
        return new RowWalk(axes, result.ElementCount);
    }

    /// <summary>The elements of a piece of a flat walk.</summary>
    public (long Start, long End) Elements(int piece) => ((long)piece * PieceElements, Math.Min(count, ((long)piece + 1) * PieceElements));

    /// <summary>The rows of a piece.</summary>
    public (long First, long Last) RowsOf(int piece) => (piece * rowsPerPiece, Math.Min(rows, (piece + 1) * rowsPerPiece));

    /// <summary>Where a row begins in each input.</summary>
    public (long Left, long Right) Offsets(long row)
    {
        long left = 0;
        long right = 0;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            (row, long index) = Math.DivRem(row, sizes[axis]);
            left += index * leftStrides[axis];
            right += index * rightStrides[axis];
        }

        return (left, right);
    }

    // Axes are added from the innermost on; an outer one joins when each input goes on in the same way.
    private static void Join(List<(int Size, int Left, int Right)> axes, (int Size, int Left, int Right) outer)
    {
        if (axes.Count > 0)
        {
            (int size, int left, int right) = axes[^1];
            if (outer.Left == left * size && outer.Right == right * size)
            {
                axes[^1] = (size * outer.Size, left, right);
                return;
            }
        }

        axes.Add(outer);
    }
}
