namespace Nabla.Backends.Cpu.Gemm;

/// <summary>How a product is cut into blocks of its result that threads compute alone. It depends on the sizes only.</summary>
/// <remarks>
/// Each block packs its columns of the right operand for itself: a core reads what it packed from its own cache sooner than what another
/// one packed, and nobody waits. What that repeats is small as long as a block has about twice as many rows as columns.
/// </remarks>
internal readonly record struct ProductGrid(int Rows, int Columns, int RowBlocks, int ColumnBlocks)
{
    /// <summary>The columns that are never cut: the widest panel.</summary>
    public const int Panel = 32;

    private const int PackedBytes = 512 << 10;
    private const int MostColumns = 1024;
    private const int FewestRows = 28;
    private const int FewestRowsForTurning = 64;
    private const long WorkPerBlock = 200_000;
    private const int FewBlocks = 4;
    private const int LargeBlock = 256 * 128;
    private const int LargestBlock = 256 * 256;
    private const long HugeWork = 1L << 31;

    public int Blocks => RowBlocks * ColumnBlocks;

    /// <summary>
    /// Cuts a product into some blocks if it is small, and into large ones if it is large; but always so that what a block packs of the
    /// right operand at a time stays in the second-level cache.
    /// </summary>
    /// <param name="rows">The rows of the result.</param>
    /// <param name="columns">The columns of the result.</param>
    /// <param name="steps">The steps that are packed at a time.</param>
    /// <param name="size">The bytes of an element.</param>
    /// <param name="turns">Whether the right operand is transposed, which makes packing it cost more.</param>
    /// <param name="packsTwice">Whether each block also packs its rows of the left operand, with vectors too short to do that quickly: then blocks are larger.</param>
    /// <param name="multiplyAdds">The work that is to be spread.</param>
    public static ProductGrid Cut(int rows, int columns, int steps, int size, bool turns, bool packsTwice, long multiplyAdds)
    {
        long few = Math.Min(FewBlocks, multiplyAdds / WorkPerBlock);
        long many = Math.Min(multiplyAdds < HugeWork ? 16 : 32, (long)rows * columns / (packsTwice ? LargestBlock : LargeBlock));
        int mostColumns = Math.Clamp(PackedBytes / Math.Max(1, steps * size), 2 * Panel, MostColumns);
        ProductGrid grid = new(rows, columns, 1, (columns + mostColumns - 1) / mostColumns);
        while (grid.Blocks < Math.Max(few, many) && grid.TryHalve(turns ? FewestRowsForTurning : FewestRows, out ProductGrid halved))
        {
            grid = halved;
        }

        return grid;
    }

    /// <summary>The part of a product that one block is.</summary>
    public ProductWork<T> Block<T>(in ProductWork<T> work, int block)
        where T : unmanaged
    {
        (int row, int column) = Math.DivRem(block, ColumnBlocks);
        int panels = (Columns + Panel - 1) / Panel;
        int firstRow = Cut(Rows, RowBlocks, row);
        int firstColumn = Cut(panels, ColumnBlocks, column) * Panel;
        int endColumn = Math.Min(Cut(panels, ColumnBlocks, column + 1) * Panel, Columns);
        return work.Block(firstRow, Cut(Rows, RowBlocks, row + 1) - firstRow, firstColumn, endColumn - firstColumn);
    }

    /// <summary>Where part number <paramref name="part"/> of <paramref name="length"/> begins, all parts as equal as can be.</summary>
    public static int Cut(int length, int parts, int part) => (int)((long)length * part / parts);

    private bool TryHalve(int fewestRows, out ProductGrid halved)
    {
        bool rowsHalve = Rows / RowBlocks >= 2 * fewestRows;
        bool columnsHalve = Columns / ColumnBlocks >= 2 * Panel;
        bool isTall = Rows / RowBlocks >= 2 * (Columns / ColumnBlocks);
        halved = rowsHalve && (isTall || !columnsHalve) ? this with { RowBlocks = 2 * RowBlocks } : this with { ColumnBlocks = 2 * ColumnBlocks };
        return rowsHalve || columnsHalve;
    }
}
