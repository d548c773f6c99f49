using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>
/// A right operand in panels two vectors wide, the last one filled up with zeros, which tiles read from front to back: packed once for all blocks of
/// queries that meet it. Or a matrix whose rows are whole panels, in place.
/// </summary>
/// <param name="panels">Where the panels are.</param>
/// <param name="stepStride">From a row to the next within a panel.</param>
/// <param name="panelStride">From panel to panel.</param>
internal readonly unsafe struct PackedMatrix<T, TVector, TLanes>(T* panels, nint stepStride, nint panelStride)
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>The columns of a panel.</summary>
    public static int Width => 2 * TLanes.Count;

    /// <summary>The elements of a packed matrix.</summary>
    public static nint Elements(int steps, int columns) => (nint)steps * RoundUp(columns);

    /// <summary>Columns in whole panels.</summary>
    private static int RoundUp(int columns) => (columns + Width - 1) / Width * Width;

    /// <summary>Columns in whole panels and whole 64-byte vectors.</summary>
    public static int RowWidth(int columns)
    {
        int unit = Math.Max(Width, 64 / sizeof(T));
        return (columns + unit - 1) / unit * unit;
    }

    /// <summary>Packs a matrix whose element (step, column) is <c>source[step * stepStride + column * columnStride]</c>.</summary>
    public static PackedMatrix<T, TVector, TLanes> Of(T* source, nint stepStride, nint columnStride, int steps, int columns, T* target)
    {
        for (int column = 0; column < columns; column += Width)
        {
            PanelPacking.Pack(
                source + (column * columnStride), stepStride, columnStride, steps, Math.Min(Width, columns - column), target + ((nint)column * steps), Width);
        }

        return new(target, Width, (nint)Width * steps);
    }

    /// <summary>A matrix whose rows are whole panels next to each other.</summary>
    public static PackedMatrix<T, TVector, TLanes> InPlace(T* matrix, int rowStride) => new(matrix, rowStride, Width);

    /// <summary>
    /// target = left matrix, or target += left matrix, for some of its columns, whole panels from <paramref name="firstColumn"/> on, and of its rows as
    /// many as the left operand has steps.
    /// </summary>
    /// <param name="left">The left operand: element (row, step) is <c>left[row * rowStride + step * leftStepStride]</c>.</param>
    /// <param name="rowStride">From row to row.</param>
    /// <param name="leftStepStride">From step to step.</param>
    /// <param name="rows">The rows of the left operand.</param>
    /// <param name="firstStep">The row of the matrix that the first step meets.</param>
    /// <param name="count">The steps.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="columns">The columns; results are written up to the end of the last panel or its first vector.</param>
    /// <param name="target">The results.</param>
    /// <param name="targetStride">From row to row.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public void Multiply(
        T* left, nint rowStride, nint leftStepStride, int rows, int firstStep, int count, int firstColumn, int columns, T* target, nint targetStride,
        bool accumulate)
    {
        TileWork<T> tile = new()
        {
            RowStride = rowStride,
            StepStride = leftStepStride,
            Segments = 1,
            SegmentLength = count,
            RightStride = stepStride,
            TargetStride = targetStride,
            Accumulate = accumulate,
        };
        int tiles = (rows + TLanes.TileRows - 1) / TLanes.TileRows;
        for (int column = 0; column < columns; column += Width)
        {
            tile.Right = panels + ((firstColumn + column) / Width * panelStride) + (firstStep * stepStride);
            bool wide = columns - column > TLanes.Count;
            for (int part = 0; part < tiles; part++)
            {
                int row = ProductGrid.Cut(rows, tiles, part);
                tile.Left = left + (row * rowStride);
                tile.Target = target + (row * targetStride) + column;
                RegisterTile<T, TVector, TLanes>.Run(ProductGrid.Cut(rows, tiles, part + 1) - row, wide, &tile);
            }
        }
    }
}
