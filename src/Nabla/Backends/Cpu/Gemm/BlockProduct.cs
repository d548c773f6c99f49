// A block of a matrix product. Steps are taken in blocks of up to 2 KB: the block of the right operand is packed into panels of two
// vectors (second-level cache) unless it came packed, then for each tile of rows the left operand is packed next to the registers (first-level cache)
// and meets all panels, while the rows of the next tile and the results of the next panel are asked for. Packing is left out where
// it costs more than it saves: few rows read the right operand in place, and the left one is packed only if it is transposed or its
// rows would evict each other (strides of whole pages); steps that would are packed for some tiles or panels together. A last panel
// narrower than its vectors is packed with zeros and computed into a buffer, so no access leaves the operands.
// With vectors of 32 bytes a panel of 256 steps leaves room in the first-level cache: it stays there, and all tiles of rows meet it while the
// next one is asked for, as long as the rows stay in the second-level cache.
// One core of Zen 4: 83-95 % of peak from 64 x 64 x 64 on, memory being the limit; of the first Zen, 85-93 % from 128 x 256 x 256 on.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Multiplies matrices, on one thread.</summary>
internal static unsafe class BlockProduct<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int StepBytes = 2048;
    private const int RowsWorthPacking = 28;
    private const int PanelsWorthPacking = 3;
    private const int EvictingStride = 4096;
    private const int CacheLine = 64;
    private const int BytesWorthAsking = 96 << 10;
    private const int CachedPanel = 16 << 10;
    private const int CachedRows = 256 << 10;
    private const int CachedResults = 512 << 10;

    /// <summary>Whether a panel of many steps leaves room for rows in the first-level cache.</summary>
    public static bool HasShortVectors => TLanes.Count * sizeof(T) <= CacheLine / 2;

    private static int MostSteps => StepBytes / sizeof(T);

    private static int Lanes => TLanes.Count;

    private static int Width => 2 * TLanes.Count;

    /// <summary>Computes a whole product on this thread.</summary>
    public static void Run(in ProductWork<T> work)
    {
        int blocks = StepBlocks(work);
        for (int block = 0; block < blocks; block++)
        {
            ProductWork<T> part = work.StepBlock(blocks, block);
            if (part.Packed is not null)
            {
                MultiplyTiles(part, part.Packed + ((nint)part.FirstPacked * part.Steps));
                continue;
            }

            T* packed = Scratch.Get<T>(ScratchUse.PackedRight, (nint)Panels(part) * part.Steps * Width);
            PackPanels(part, packed);
            MultiplyTiles(part, packed);
        }
    }

    /// <summary>Whether a right operand is packed that many rows meet.</summary>
    public static bool PacksRight(int rows, int columns) => rows >= RowsWorthPacking && columns > 2 * Width;

    /// <summary>How many elements a packed right operand has.</summary>
    public static nint PackedElements(int steps, int columns) => (nint)steps * PackedColumns(columns);

    /// <summary>The columns of a packed right operand: whole panels.</summary>
    public static int PackedColumns(int columns) => (columns + Width - 1) / Width * Width;

    /// <summary>Packs a right operand whose rows are contiguous for <see cref="ProductWork{T}.Packed"/>: block of steps by block, panel by panel.</summary>
    public static void Pack(T* right, int steps, int columns, T* packed)
    {
        ProductWork<T> work = new()
        {
            Steps = steps,
            Columns = columns,
            Right = right,
            RightStepStride = columns,
            RightColumnStride = 1,
            Packed = packed,
            PackedColumns = PackedColumns(columns),
        };
        int blocks = StepBlocks(work);
        for (int block = 0; block < blocks; block++)
        {
            ProductWork<T> part = work.StepBlock(blocks, block);
            for (int column = 0; column < columns; column += Width)
            {
                PanelPacking.Pack(
                    part.Right + column, columns, 1, part.Steps, Math.Min(Width, columns - column), part.Packed + ((nint)column * part.Steps), Width);
            }
        }
    }

    /// <summary>How many steps are packed at a time.</summary>
    public static int StepsAtATime(in ProductWork<T> work) => (work.Steps + StepBlocks(work) - 1) / StepBlocks(work);

    private static int StepBlocks(in ProductWork<T> work)
    {
        int most = work.Packed is not null && HasShortVectors ? Math.Min(MostSteps, CachedPanel / (Width * sizeof(T))) : MostSteps;
        return Math.Max(1, (work.Steps + most - 1) / most);
    }

    /// <summary>Whether all rows are to meet a panel while it stays.</summary>
    private static bool MayStay(in ProductWork<T> work) => HasShortVectors && work.Rows > TLanes.TileRows
        && work.Steps * Width * sizeof(T) <= CachedPanel && (long)work.Rows * work.Steps * sizeof(T) <= CachedRows
        && work.Rows * work.TargetStride * sizeof(T) <= CachedResults;

    private static int Panels(in ProductWork<T> work) => (work.Columns + Width - 1) / Width;

    private static int Tiles(in ProductWork<T> work) => (work.Rows + TLanes.TileRows - 1) / TLanes.TileRows;

    /// <summary>Packs panels of the right operand, where that is worth it.</summary>
    private static void PackPanels(in ProductWork<T> work, T* packed)
    {
        int panels = Panels(work);
        bool evicts = work.RightColumnStride == 1 && work.RightStepStride * sizeof(T) % EvictingStride == 0;
        for (int panel = evicts ? PackStrips(work, packed) : 0; panel < panels; panel++)
        {
            int columns = ColumnsOf(work, panel);
            if (IsPacked(work, columns))
            {
                PanelPacking.Pack(
                    work.Right + (panel * Width * work.RightColumnStride), work.RightStepStride, work.RightColumnStride, work.Steps, columns,
                    packed + ((nint)panel * work.Steps * Width), Width);
            }
        }
    }

    /// <summary>Packs the panels that are full, some together, if they are to be packed; returns how many are done with.</summary>
    private static int PackStrips(in ProductWork<T> work, T* packed)
    {
        int whole = work.Columns / Width;
        if (!IsPacked(work, Width))
        {
            return whole;
        }

        Span<int> starts = stackalloc int[StripPacking.MostStrips + 1];
        int together = StripPacking.Together(Width * sizeof(T));
        for (int panel = 0; panel < whole; panel += together)
        {
            int strips = Math.Min(together, whole - panel);
            for (int strip = 0; strip <= strips; strip++)
            {
                starts[strip] = strip * Width;
            }

            StripPacking.Pack(work.Right + (panel * Width), work.RightStepStride, work.Steps, starts[..(strips + 1)], packed + ((nint)panel * work.Steps * Width));
        }

        return whole;
    }

    /// <summary>Computes all tiles of rows, with the panels of the right operand packed.</summary>
    private static void MultiplyTiles(in ProductWork<T> work, T* packed)
    {
        bool isTurned = work.LeftStepStride != 1;
        bool evicts = (isTurned ? work.LeftStepStride : work.LeftRowStride) * sizeof(T) % EvictingStride == 0;
        bool packsLeft = isTurned ? Panels(work) >= PanelsWorthPacking : evicts;
        if (isTurned && packsLeft && evicts)
        {
            MultiplyStrips(work, packed);
            return;
        }

        int tiles = Tiles(work);
        if (MayStay(work) && !(isTurned && evicts))
        {
            MultiplyPanels(work, packed, tiles);
            return;
        }

        T* packedLeft = packsLeft ? Scratch.Get<T>(ScratchUse.PackedLeft, TLanes.TileRows * (work.Steps + Width)) : null;
        int row = 0;
        for (int tile = 0; tile < tiles; tile++)
        {
            int end = ProductGrid.Cut(work.Rows, tiles, tile + 1);
            TileWork<T> left = LeftOf(work, row);
            if (packedLeft is not null)
            {
                PackLeft(ref left, end - row, packedLeft);
            }

            MultiplyTile(work, packed, left, row, end - row, tile + 1 < tiles ? ProductGrid.Cut(work.Rows, tiles, tile + 2) - end : 0);
            row = end;
        }
    }

    /// <summary>The same panel by panel: all tiles of rows meet a panel while the next one and the results of the next tile are asked for.</summary>
    private static void MultiplyPanels(in ProductWork<T> work, T* packed, int tiles)
    {
        int panels = Panels(work);
        int share = (work.Steps + tiles - 1) / tiles;
        bool asks = work.Packed is not null;
        for (int panel = 0; panel < panels; panel++)
        {
            int row = 0;
            TileWork<T> tile = LeftOf(work, row);
            int columns = MoveTo(work, panel, packed, ref tile);
            T* next = asks && panel + 1 < panels ? tile.Right + ((nint)work.Steps * Width) : null;
            for (int part = 0; part < tiles; part++)
            {
                int end = ProductGrid.Cut(work.Rows, tiles, part + 1);
                tile.Left = work.Left + (row * work.LeftRowStride);
                tile.Target = work.Target + (panel * Width) + (row * work.TargetStride);
                AskForTarget(tile.Target + ((end - row) * work.TargetStride), work.TargetStride, part + 1 < tiles ? ProductGrid.Cut(work.Rows, tiles, part + 2) - end : 0);
                for (int step = part * share; next is not null && step < Math.Min(work.Steps, (part + 1) * share); step++)
                {
                    Prefetch.Far(next + ((nint)step * Width));
                }

                PanelTile<T, TVector, TLanes>.Run(end - row, columns, &tile);
                row = end;
            }
        }
    }

    /// <summary>Points a tile at a panel; returns how many columns that has.</summary>
    private static int MoveTo(in ProductWork<T> work, int panel, T* packed, ref TileWork<T> tile)
    {
        int column = panel * Width;
        int columns = ColumnsOf(work, panel);
        bool isPacked = IsPacked(work, columns);
        tile.Right = isPacked ? packed + ((nint)column * work.Steps) : work.Right + column;
        tile.RightStride = isPacked ? Width : work.RightStepStride;
        tile.Bias = work.Bias is null ? null : work.Bias + column;
        return columns;
    }

    /// <summary>The same for a transposed left operand whose steps evict each other: some tiles of it are packed together.</summary>
    private static void MultiplyStrips(in ProductWork<T> work, T* packed)
    {
        int tiles = Tiles(work);
        int together = StripPacking.Together(TLanes.TileRows * sizeof(T));
        T* packedLeft = Scratch.Get<T>(ScratchUse.PackedLeft, (nint)together * TLanes.TileRows * work.Steps);
        Span<int> starts = stackalloc int[StripPacking.MostStrips + 1];
        for (int first = 0; first < tiles; first += together)
        {
            int count = Math.Min(together, tiles - first);
            int row = ProductGrid.Cut(work.Rows, tiles, first);
            for (int tile = 0; tile <= count; tile++)
            {
                starts[tile] = ProductGrid.Cut(work.Rows, tiles, first + tile) - row;
            }

            StripPacking.Pack(work.Left + row, work.LeftStepStride, work.Steps, starts[..(count + 1)], packedLeft);
            for (int tile = 0; tile < count; tile++)
            {
                int rows = starts[tile + 1] - starts[tile];
                TileWork<T> left = LeftOf(work, row + starts[tile]) with { Left = packedLeft + ((nint)starts[tile] * work.Steps), RowStride = 1, StepStride = rows };
                MultiplyTile(work, packed, left, row + starts[tile], rows, 0);
            }
        }
    }

    /// <summary>The part of a tile that all panels share.</summary>
    private static TileWork<T> LeftOf(in ProductWork<T> work, int row) => new()
    {
        Left = work.Left + (row * work.LeftRowStride),
        RowStride = work.LeftRowStride,
        StepStride = work.LeftStepStride,
        Segments = 1,
        SegmentLength = work.Steps,
        TargetStride = work.TargetStride,
        Accumulate = work.Accumulate,
        Relu = work.Relu,
    };

    /// <summary>Computes a tile of rows against all panels, while the rows of the next tile and the results of the next panel are asked for.</summary>
    private static void MultiplyTile(in ProductWork<T> work, T* packed, TileWork<T> tile, int row, int rows, int nextRows)
    {
        bool asks = (long)work.Rows * work.Steps * sizeof(T) > BytesWorthAsking;
        T* target = work.Target + (row * work.TargetStride);
        int panels = Panels(work);
        int share = (work.Steps + panels - 1) / panels;
        for (int panel = 0; panel < panels; panel++)
        {
            int columns = MoveTo(work, panel, packed, ref tile);
            tile.Target = target + (panel * Width);
            if (asks)
            {
                AskForTarget(panel + 1 < panels ? tile.Target + Width : target + (rows * work.TargetStride), work.TargetStride, rows);
            }

            if (asks && nextRows > 0)
            {
                AskForLeft(work, row + rows, nextRows, panel * share, Math.Min(work.Steps, (panel + 1) * share));
            }

            PanelTile<T, TVector, TLanes>.Run(rows, columns, &tile);
        }
    }

    /// <summary>Asks for the results of a panel.</summary>
    private static void AskForTarget(T* target, nint stride, int rows)
    {
        for (int row = 0; row < rows; row++, target += stride)
        {
            Prefetch.Near(target);
            Prefetch.Near(target + Lanes);
        }
    }

    /// <summary>Asks for some steps of the rows of a tile.</summary>
    private static void AskForLeft(in ProductWork<T> work, int firstRow, int rows, int firstStep, int endStep)
    {
        T* left = work.Left + (firstRow * work.LeftRowStride) + (firstStep * work.LeftStepStride);
        if (work.LeftStepStride != 1)
        {
            for (int step = firstStep; step < endStep; step++, left += work.LeftStepStride)
            {
                Prefetch.Far(left);
            }

            return;
        }

        for (int row = 0; row < rows; row++, left += work.LeftRowStride)
        {
            for (int step = 0; step < endStep - firstStep; step += CacheLine / sizeof(T))
            {
                Prefetch.Far(left + step);
            }
        }
    }

    private static int ColumnsOf(in ProductWork<T> work, int panel) => Math.Min(Width, work.Columns - (panel * Width));

    private static bool IsPacked(in ProductWork<T> work, int columns) =>
        work.Packed is not null || work.RightColumnStride != 1 || (work.Rows >= RowsWorthPacking && work.RightStepStride > 2 * Width) || (columns != Width && columns != Lanes);

    /// <summary>Copies the rows of a tile so that they lie close together and do not evict each other.</summary>
    private static void PackLeft(ref TileWork<T> work, int rows, T* packed)
    {
        int steps = (int)work.SegmentLength;
        if (work.StepStride != 1)
        {
            PanelPacking.Pack(work.Left, work.StepStride, work.RowStride, steps, rows, packed, rows);
            (work.RowStride, work.StepStride) = (1, rows);
        }
        else
        {
            nint stride = steps + Lanes;
            for (int row = 0; row < rows; row++)
            {
                Unsafe.CopyBlockUnaligned(packed + (row * stride), work.Left + (row * work.RowStride), (uint)(steps * sizeof(T)));
            }

            work.RowStride = stride;
        }

        work.Left = packed;
    }
}
