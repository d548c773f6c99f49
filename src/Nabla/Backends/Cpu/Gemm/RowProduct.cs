// A product of one row, or of a matrix with a column, which is one row times the transposed matrix: all that counts is how fast the
// matrix is read. A matrix that lies in the cache is read in strips of eight vectors, all steps at once; a larger one some whole rows
// at a time, from front to back; a transposed one is turned in strips of as many long rows as the processor fetches ahead.
namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Multiplies a row with a matrix, on one thread.</summary>
internal static unsafe class RowProduct<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int CachedBytes = 512 << 10;
    private const int StreamedSteps = 16;
    private const int TurnedSteps = 1024;
    private const int TurnedVectors = 4;

    /// <summary>Computes a product of one row.</summary>
    public static void Run(in ProductWork<T> work)
    {
        if (work.RightColumnStride == 1)
        {
            bool isCached = (long)work.Steps * work.Columns * sizeof(T) <= CachedBytes;
            RunBlocks(work, isCached ? work.Steps : StreamedSteps, RowTile<T, TVector, TLanes>.MostVectors * TLanes.Count);
            return;
        }

        int most = TurnedVectors * TLanes.Count;
        for (int column = 0; column < work.Columns; column += most)
        {
            RunBlocks(work.Block(0, 1, column, Math.Min(most, work.Columns - column)), TurnedSteps, most);
        }
    }

    private static void RunBlocks(in ProductWork<T> work, int mostSteps, int mostColumns)
    {
        int blocks = Math.Max(1, (work.Steps + mostSteps - 1) / Math.Max(1, mostSteps));
        for (int block = 0; block < blocks; block++)
        {
            ProductWork<T> part = work.StepBlock(blocks, block);
            for (int column = 0; column < work.Columns; column += mostColumns)
            {
                RunColumns(part.Block(0, 1, column, Math.Min(mostColumns, work.Columns - column)));
            }
        }
    }

    private static void RunColumns(in ProductWork<T> work)
    {
        TileWork<T> tile = new()
        {
            Left = work.Left,
            StepStride = work.LeftStepStride,
            Segments = 1,
            SegmentLength = work.Steps,
            Right = work.Right,
            RightStride = work.RightStepStride,
            Target = work.Target,
            Bias = work.Bias,
            Accumulate = work.Accumulate,
            Relu = work.Relu,
        };
        int whole = work.RightColumnStride == 1 && !work.BiasRepeats ? work.Columns / TLanes.Count : 0;
        RowTile<T, TVector, TLanes>.Run(whole, &tile);
        int done = whole * TLanes.Count;
        if (done < work.Columns)
        {
            RunPacked(work.Block(0, 1, done, work.Columns - done), tile);
        }
    }

    /// <summary>Computes columns that are no whole vectors or not contiguous, by way of copies.</summary>
    private static void RunPacked(in ProductWork<T> work, TileWork<T> tile)
    {
        int vectors = (work.Columns + TLanes.Count - 1) / TLanes.Count;
        int width = vectors * TLanes.Count;
        tile.Right = Scratch.Get<T>(ScratchUse.PackedRight, (nint)work.Steps * width);
        tile.RightStride = width;
        PanelPacking.Pack(work.Right, work.RightStepStride, work.RightColumnStride, work.Steps, work.Columns, tile.Right, width);
        Span<T> target = new(work.Target, work.Columns);
        tile.Target = Scratch.Get<T>(ScratchUse.EdgeTile, 2 * width);
        Span<T> edge = new(tile.Target, work.Columns);
        if (work.Accumulate)
        {
            target.CopyTo(edge);
        }

        if (work.Bias is not null)
        {
            tile.Bias = tile.Target + width;
            CopyBias(work, new Span<T>(tile.Bias, work.Columns));
        }

        RowTile<T, TVector, TLanes>.Run(vectors, &tile);
        edge.CopyTo(target);
    }

    private static void CopyBias(in ProductWork<T> work, Span<T> bias)
    {
        if (work.BiasRepeats)
        {
            bias.Fill(*work.Bias);
        }
        else
        {
            new Span<T>(work.Bias, work.Columns).CopyTo(bias);
        }
    }
}
