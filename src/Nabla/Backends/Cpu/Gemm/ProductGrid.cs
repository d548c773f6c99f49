namespace Nabla.Backends.Cpu.Gemm;

/// <summary>How a product is cut into blocks of its result that threads compute alone. It depends on the sizes only.</summary>
internal readonly record struct ProductGrid(int Rows, int Columns, int RowBlocks, int ColumnBlocks)
{
    private const int MostColumns = 512;
    private const int FewestRows = 56;
    private const int FewestColumns = 64;
    private const long WorkPerBlock = 30_000;
    private const long LargeWork = 1L << 31;

    public int Blocks => RowBlocks * ColumnBlocks;

    /// <summary>Cuts a product. Wide blocks of many rows repeat the least packing; there are enough of them to keep cores busy.</summary>
    public static ProductGrid Cut(int rows, int columns, long multiplyAdds)
    {
        int wanted = (int)Math.Clamp(multiplyAdds / WorkPerBlock, 1, multiplyAdds < LargeWork ? 16 : 64);
        int columnBlocks = (columns + MostColumns - 1) / MostColumns;
        int rowBlocks = Math.Clamp((wanted + columnBlocks - 1) / columnBlocks, 1, Math.Max(1, rows / FewestRows));
        int more = Math.Min((wanted + rowBlocks - 1) / rowBlocks, columns / FewestColumns);
        return new ProductGrid(rows, columns, rowBlocks, Math.Max(columnBlocks, more));
    }

    /// <summary>The part of a product that one block is.</summary>
    public ProductWork<T> Block<T>(in ProductWork<T> work, int block)
        where T : unmanaged
    {
        const int Panel = 32;
        (int row, int column) = Math.DivRem(block, ColumnBlocks);
        int panels = (Columns + Panel - 1) / Panel;
        int firstRow = Cut(Rows, RowBlocks, row);
        int firstColumn = Cut(panels, ColumnBlocks, column) * Panel;
        int endColumn = Math.Min(Cut(panels, ColumnBlocks, column + 1) * Panel, Columns);
        return work.Block(firstRow, Cut(Rows, RowBlocks, row + 1) - firstRow, firstColumn, endColumn - firstColumn);
    }

    /// <summary>Where part number <paramref name="part"/> of <paramref name="length"/> begins, all parts as equal as can be.</summary>
    public static int Cut(int length, int parts, int part) => (int)((long)length * part / parts);
}
