using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>
/// How tiles and channels are cut into pieces: blocks of tiles, which with their products stay in the second-level cache, and where these are
/// few, parts of the channels. It never changes a result, and does not know the threads.
/// </summary>
internal readonly record struct WinogradCut(int Tiles, int Blocks, int Panels, int ColumnParts)
{
    private const int BlockBytes = 512 << 10;
    private const int FewestTiles = 56;
    private const int MostTiles = 112;
    private const int SmallestBlock = 28;
    private const int WantedPieces = 4;

    public int Pieces => Blocks * ColumnParts;

    public static WinogradCut Choose(in WinogradShape shape, int panels)
    {
        int bytes = 16 * sizeof(float) * (shape.Inputs + shape.Outputs);
        int perBlock = Math.Clamp(BlockBytes / bytes, FewestTiles, MostTiles);
        int blocks = (shape.Tiles + perBlock - 1) / perBlock;
        blocks = Math.Max(blocks, Math.Clamp(shape.Tiles / SmallestBlock, 1, WantedPieces));
        blocks = blocks > 1 ? (blocks + 1) & ~1 : blocks;
        return new WinogradCut(shape.Tiles, blocks, panels, Math.Clamp(WantedPieces / blocks, 1, panels));
    }

    /// <summary>The tiles of a piece.</summary>
    public (int First, int End) TilesOf(int piece) =>
        (ProductGrid.Cut(Tiles, Blocks, piece / ColumnParts), ProductGrid.Cut(Tiles, Blocks, (piece / ColumnParts) + 1));

    /// <summary>The panels of channels of a piece.</summary>
    public (int First, int End) PanelsOf(int piece) =>
        (ProductGrid.Cut(Panels, ColumnParts, piece % ColumnParts), ProductGrid.Cut(Panels, ColumnParts, (piece % ColumnParts) + 1));
}
