// A large product on all threads. They pack a block of the right operand together, then share its tiles of rows: so each element of
// the right operand is packed once, and each of the left one once for as many columns as the second-level cache holds.
namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Multiplies large matrices on many threads that share what is packed.</summary>
internal static unsafe class SharedProduct<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int PackedBytes = 512 << 10;
    private const int PanelsPerPiece = 4;
    private const int FewestPieces = 16;
    private const long WorkPerPiece = 3_000_000;

    /// <summary>Computes a product.</summary>
    public static void Run(in ProductWork<T> work)
    {
        int stepBlocks = BlockProduct<T, TVector, TLanes>.StepBlocks(work);
        for (int block = 0; block < stepBlocks; block++)
        {
            ProductWork<T> steps = work.StepBlock(stepBlocks, block);
            int panels = BlockProduct<T, TVector, TLanes>.Panels(steps);
            int width = 2 * TLanes.Count;
            int most = Math.Max(1, PackedBytes / (steps.Steps * width * sizeof(T)));
            int groups = (panels + most - 1) / most;
            for (int group = 0; group < groups; group++)
            {
                int first = ProductGrid.Cut(panels, groups, group) * width;
                int end = Math.Min(ProductGrid.Cut(panels, groups, group + 1) * width, work.Columns);
                RunPanels(steps.Block(0, work.Rows, first, end - first));
            }
        }
    }

    private static void RunPanels(in ProductWork<T> work)
    {
        T* packed = Scratch.Get<T>(ScratchUse.PackedRight, BlockProduct<T, TVector, TLanes>.PackedSize(work));
        int panels = BlockProduct<T, TVector, TLanes>.Panels(work);
        WorkerPool.Run((panels + PanelsPerPiece - 1) / PanelsPerPiece, new Packing(work, packed, panels));
        int tiles = BlockProduct<T, TVector, TLanes>.Tiles(work);
        int pieces = (int)Math.Min(tiles, Math.Max(FewestPieces, work.MultiplyAdds / WorkPerPiece));
        WorkerPool.Run(pieces, new Multiplying(work, packed, tiles, pieces));
    }

    private readonly struct Packing(ProductWork<T> work, T* packed, int panels) : IPieceBody
    {
        public void Run(int piece) => BlockProduct<T, TVector, TLanes>.PackPanels(
            work, packed, piece * PanelsPerPiece, Math.Min(panels, (piece + 1) * PanelsPerPiece));
    }

    private readonly struct Multiplying(ProductWork<T> work, T* packed, int tiles, int pieces) : IPieceBody
    {
        public void Run(int piece) => BlockProduct<T, TVector, TLanes>.MultiplyTiles(
            work, packed, ProductGrid.Cut(tiles, pieces, piece), ProductGrid.Cut(tiles, pieces, piece + 1));
    }
}
