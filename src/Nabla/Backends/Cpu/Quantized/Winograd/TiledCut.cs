using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>
/// How the rows of tiles and the panels of outputs of a convolution are cut into pieces: blocks of rows, and, where these are few, parts of the panels.
/// It never changes a result, and does not know the threads.
/// </summary>
/// <param name="Units">What blocks are cut from: images, or rows of tiles.</param>
/// <param name="UnitRows">The rows of tiles of one.</param>
/// <param name="Blocks">The blocks.</param>
/// <param name="ColumnParts">The parts of the panels.</param>
internal readonly record struct TiledCut(int Units, int UnitRows, int Blocks, int ColumnParts)
{
    private const int BlockBytes = 512 << 10;
    private const int FewestTiles = 24;
    private const int MostTiles = 48;
    private const int WantedPieces = 4;

    /// <summary>All pieces.</summary>
    public int Pieces => Blocks * ColumnParts;

    /// <summary>Cuts a convolution.</summary>
    public static TiledCut Choose(in TiledWork work)
    {
        int bytes = TiledFilters.Points * TiledFilters.Points * ((sizeof(short) * work.Shape.Inputs) + (sizeof(int) * work.Shape.Outputs));
        int tiles = Math.Clamp(BlockBytes / bytes, FewestTiles, MostTiles);
        int rows = Math.Max(1, tiles / Math.Max(1, work.X.Fours));
        bool byImages = rows >= work.Y.Tiles;
        (int units, int unitRows) = byImages ? (work.Shape.Batch, work.Y.Tiles) : (work.Shape.Batch * work.Y.Tiles, 1);
        int perBlock = Math.Max(1, rows / unitRows);
        int blocks = (units + perBlock - 1) / perBlock;
        blocks = blocks > 1 ? Math.Min(units, (blocks + 1) & ~1) : blocks;
        return new TiledCut(units, unitRows, blocks, Math.Clamp(WantedPieces / blocks, 1, work.Layout.Panels));
    }

    /// <summary>The rows of tiles of a block.</summary>
    public (int First, int End) RowsOf(int block) => (ProductGrid.Cut(Units, Blocks, block) * UnitRows, ProductGrid.Cut(Units, Blocks, block + 1) * UnitRows);
}
