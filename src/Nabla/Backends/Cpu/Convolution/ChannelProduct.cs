// A convolution of each channel alone: channels are the lanes, up to eight neighbouring pixels of one vector of channels are summed in
// registers over all taps, and windows that hang over an edge are computed pixel by pixel with the taps that lie inside. The last
// vector of channels goes back as far as it must to be whole: what it computes again has the same bits. Three neighbouring taps of eight
// neighbouring pixels read ten vectors of the source instead of 24. A vector of channels is followed along as many pixels as the first-level
// cache holds the windows of.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Multiplies windows of single channels with their weights.</summary>
internal static unsafe class ChannelProduct<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostPixels = 8;
    private const int Neighbours = 3;
    private const int PieceElements = 4 * 1024;
    private const int StripBytes = 24 * 1024;

    private interface IPixels
    {
        static abstract int Count { get; }
    }

    /// <summary>Computes all results; there are at least as many channels as lanes.</summary>
    public static void Run(in ChannelWork<T> work)
    {
        int rows = work.Images * work.Grid.Height;
        int rowsPerPiece = Math.Max(1, PieceElements / Math.Max(1, work.Grid.Width * work.Grid.Channels));
        WorkerPool.Run((rows + rowsPerPiece - 1) / rowsPerPiece, new Piece(work, rows, rowsPerPiece));
    }

    private readonly struct Piece(ChannelWork<T> work, int rows, int rowsPerPiece) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(rows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                RunRow(row);
            }
        }

        private void RunRow(int row)
        {
            (int image, int y) = Math.DivRem(row, work.Grid.Height);
            int corner = (y * work.StrideY) - work.TapsY.Lead;
            (int first, int end) = work.TapsY.Inside(corner, work.Height);
            Tile tile = new()
            {
                Source = work.Source + (image * work.ImageSize) + ((corner + (first * work.TapsY.SourceStep)) * work.RowStride),
                PixelStride = (nint)work.StrideX * work.Grid.Channels,
                RowStep = work.TapsY.SourceStep * work.RowStride,
                ColumnStep = (nint)work.TapsX.SourceStep * work.Grid.Channels,
                Rows = end - first,
                Columns = work.TapsX.Count,
                Weights = WeightsAt(work.TapsY.FirstKernel + (first * work.TapsY.KernelStep), work.TapsX.FirstKernel),
                WeightRow = (nint)work.TapsY.KernelStep * work.KernelWidth * work.Grid.Channels,
                WeightColumn = (nint)work.TapsX.KernelStep * work.Grid.Channels,
                Bias = work.Bias,
                Relu = work.Relu,
                Target = work.Target + work.Grid.First + (image * work.Grid.ImageSize) + (y * work.Grid.RowStride),
                TargetStride = work.Grid.PixelStride,
            };
            (int whole, int broken) = work.TapsX.Whole(work.Grid.Width, work.StrideX, work.Width);
            RunEdge(tile, 0, whole);
            RunWhole(tile, whole, broken);
            RunEdge(tile, broken, work.Grid.Width);
        }

        /// <summary>Pixels whose windows are cut off neither on the left nor on the right.</summary>
        private void RunWhole(in Tile row, int first, int end)
        {
            int tiles = (end - first) / MostPixels;
            int together = (int)Math.Max(1, StripBytes / ((long)sizeof(T) * Math.Max(1, row.Rows) * MostPixels * work.StrideX * work.Grid.Channels));
            for (int tile = 0; tile < tiles; tile += together)
            {
                RunPixels(row, first + (tile * MostPixels), MostPixels, Math.Min(together, tiles - tile));
            }

            int rest = end - first - (tiles * MostPixels);
            if (rest > 0)
            {
                RunPixels(row, end - rest, rest, 1);
            }
        }

        private T* WeightsAt(int y, int x) => work.Weights + ((((nint)y * work.KernelWidth) + x) * work.Grid.Channels);

        /// <summary>Pixels whose windows are cut off on the left or the right.</summary>
        private void RunEdge(in Tile row, int x, int end)
        {
            for (; x < end; x++)
            {
                Tile tile = row;
                (int first, int last) = work.TapsX.Inside((x * work.StrideX) - work.TapsX.Lead, work.Width);
                tile.Source += first * row.ColumnStep;
                tile.Weights += first * row.WeightColumn;
                tile.Columns = last - first;
                RunPixels(tile, x, 1, 1);
            }
        }

        /// <summary>Neighbouring tiles of some pixels.</summary>
        private void RunPixels(in Tile row, int x, int pixels, int tiles)
        {
            nint source = (((nint)x * work.StrideX) - work.TapsX.Lead) * work.Grid.Channels;
            int channels = work.Grid.Channels;
            for (int channel = 0; channel < channels; channel += TLanes.Count)
            {
                int at = Math.Min(channel, channels - TLanes.Count);
                Tile tile = row;
                tile.Source += source + at;
                tile.Weights += at;
                tile.Target += (x * row.TargetStride) + at;
                tile.Bias = row.Bias is null ? null : row.Bias + at;
                tile.Count = tiles;
                RunTile(pixels, &tile);
            }
        }
    }

    private static void RunTile(int pixels, Tile* tile)
    {
        switch (pixels)
        {
            case 1: Sum<Pixels1>(tile); break;
            case 2: Sum<Pixels2>(tile); break;
            case 3: Sum<Pixels3>(tile); break;
            case 4: Sum<Pixels4>(tile); break;
            case 5: Sum<Pixels5>(tile); break;
            case 6: Sum<Pixels6>(tile); break;
            case 7: Sum<Pixels7>(tile); break;
            default:
                if (tile->Columns == Neighbours && tile->PixelStride == tile->ColumnStep)
                {
                    SumNeighbours(tile);
                }
                else
                {
                    Sum<Pixels8>(tile);
                }

                break;
        }
    }

    // Eight pixels with windows of three columns that lie next to each other: a vector of the source is read once for all windows that it is in.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumNeighbours(Tile* tile)
    {
        for (int index = 0; index < tile->Count; index++)
        {
            nint pixel = index * MostPixels;
            T* source = tile->Source + (pixel * tile->PixelStride);
            TVector s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
            TVector s4 = TLanes.Zero, s5 = TLanes.Zero, s6 = TLanes.Zero, s7 = TLanes.Zero;
            nint one = tile->PixelStride, two = 2 * one, three = 3 * one;
            for (int row = 0; row < tile->Rows; row++)
            {
                T* a = source + (row * tile->RowStep);
                T* b = a + (4 * one);
                T* weights = tile->Weights + (row * tile->WeightRow);
                TVector w0 = TLanes.Load(weights), w1 = TLanes.Load(weights + tile->WeightColumn), w2 = TLanes.Load(weights + (2 * tile->WeightColumn));
                s0 = TLanes.MultiplyAdd(TLanes.Load(a), w0, s0);
                TVector x = TLanes.Load(a + one);
                s0 = TLanes.MultiplyAdd(x, w1, s0);
                s1 = TLanes.MultiplyAdd(x, w0, s1);
                x = TLanes.Load(a + two);
                s0 = TLanes.MultiplyAdd(x, w2, s0);
                s1 = TLanes.MultiplyAdd(x, w1, s1);
                s2 = TLanes.MultiplyAdd(x, w0, s2);
                x = TLanes.Load(a + three);
                s1 = TLanes.MultiplyAdd(x, w2, s1);
                s2 = TLanes.MultiplyAdd(x, w1, s2);
                s3 = TLanes.MultiplyAdd(x, w0, s3);
                x = TLanes.Load(b);
                s2 = TLanes.MultiplyAdd(x, w2, s2);
                s3 = TLanes.MultiplyAdd(x, w1, s3);
                s4 = TLanes.MultiplyAdd(x, w0, s4);
                x = TLanes.Load(b + one);
                s3 = TLanes.MultiplyAdd(x, w2, s3);
                s4 = TLanes.MultiplyAdd(x, w1, s4);
                s5 = TLanes.MultiplyAdd(x, w0, s5);
                x = TLanes.Load(b + two);
                s4 = TLanes.MultiplyAdd(x, w2, s4);
                s5 = TLanes.MultiplyAdd(x, w1, s5);
                s6 = TLanes.MultiplyAdd(x, w0, s6);
                x = TLanes.Load(b + three);
                s5 = TLanes.MultiplyAdd(x, w2, s5);
                s6 = TLanes.MultiplyAdd(x, w1, s6);
                s7 = TLanes.MultiplyAdd(x, w0, s7);
                x = TLanes.Load(b + (4 * one));
                s6 = TLanes.MultiplyAdd(x, w2, s6);
                s7 = TLanes.MultiplyAdd(x, w1, s7);
                s7 = TLanes.MultiplyAdd(TLanes.Load(b + (5 * one)), w2, s7);
            }

            nint next = tile->TargetStride;
            T* target = tile->Target + (pixel * next);
            Finish(s0, tile, target);
            Finish(s1, tile, target + next);
            Finish(s2, tile, target + (2 * next));
            Finish(s3, tile, target + (3 * next));
            Finish(s4, tile, target + (4 * next));
            Finish(s5, tile, target + (5 * next));
            Finish(s6, tile, target + (6 * next));
            Finish(s7, tile, target + (7 * next));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TPixels>(Tile* tile)
        where TPixels : struct, IPixels
    {
        for (int index = 0; index < tile->Count; index++)
        {
            nint pixel = index * MostPixels;
            T* source = tile->Source + (pixel * tile->PixelStride);
            TVector s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
            TVector s4 = TLanes.Zero, s5 = TLanes.Zero, s6 = TLanes.Zero, s7 = TLanes.Zero;
            nint one = tile->PixelStride, two = 2 * one, three = 3 * one;
            for (int row = 0; row < tile->Rows; row++)
            {
                T* a = source + (row * tile->RowStep);
                T* b = a + (4 * one);
                T* weights = tile->Weights + (row * tile->WeightRow);
                for (int column = tile->Columns; column > 0; column--)
                {
                    TVector w = TLanes.Load(weights);
                    s0 = TLanes.MultiplyAdd(TLanes.Load(a), w, s0);
                    if (TPixels.Count > 1) { s1 = TLanes.MultiplyAdd(TLanes.Load(a + one), w, s1); }
                    if (TPixels.Count > 2) { s2 = TLanes.MultiplyAdd(TLanes.Load(a + two), w, s2); }
                    if (TPixels.Count > 3) { s3 = TLanes.MultiplyAdd(TLanes.Load(a + three), w, s3); }
                    if (TPixels.Count > 4) { s4 = TLanes.MultiplyAdd(TLanes.Load(b), w, s4); }
                    if (TPixels.Count > 5) { s5 = TLanes.MultiplyAdd(TLanes.Load(b + one), w, s5); }
                    if (TPixels.Count > 6) { s6 = TLanes.MultiplyAdd(TLanes.Load(b + two), w, s6); }
                    if (TPixels.Count > 7) { s7 = TLanes.MultiplyAdd(TLanes.Load(b + three), w, s7); }
                    a += tile->ColumnStep;
                    b += tile->ColumnStep;
                    weights += tile->WeightColumn;
                }
            }

            nint next = tile->TargetStride;
            T* target = tile->Target + (pixel * next);
            Finish(s0, tile, target);
            if (TPixels.Count > 1) { Finish(s1, tile, target + next); }
            if (TPixels.Count > 2) { Finish(s2, tile, target + (2 * next)); }
            if (TPixels.Count > 3) { Finish(s3, tile, target + (3 * next)); }
            if (TPixels.Count > 4) { Finish(s4, tile, target + (4 * next)); }
            if (TPixels.Count > 5) { Finish(s5, tile, target + (5 * next)); }
            if (TPixels.Count > 6) { Finish(s6, tile, target + (6 * next)); }
            if (TPixels.Count > 7) { Finish(s7, tile, target + (7 * next)); }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(TVector sum, Tile* tile, T* target)
    {
        if (tile->Bias is not null)
        {
            sum = TLanes.Add(sum, TLanes.Load(tile->Bias));
        }

        TLanes.Store(target, tile->Relu ? TLanes.Max(sum, TLanes.Zero) : sum);
    }

    /// <summary>Some pixels of one vector of channels, as often as <see cref="Count"/> says.</summary>
    private struct Tile
    {
        /// <summary>How many such tiles stand next to each other.</summary>
        public int Count;

        /// <summary>The first tap of the first pixel, and the elements to the next pixel, row and column of taps.</summary>
        public T* Source;
        public nint PixelStride;
        public nint RowStep;
        public nint ColumnStep;

        /// <summary>The taps.</summary>
        public int Rows;
        public int Columns;

        /// <summary>The weights of the first tap, and the elements to those of the next row and column.</summary>
        public T* Weights;
        public nint WeightRow;
        public nint WeightColumn;
        public T* Bias;
        public bool Relu;
        public T* Target;
        public nint TargetStride;
    }

    private readonly struct Pixels1 : IPixels
    {
        public static int Count => 1;
    }

    private readonly struct Pixels2 : IPixels
    {
        public static int Count => 2;
    }

    private readonly struct Pixels3 : IPixels
    {
        public static int Count => 3;
    }

    private readonly struct Pixels4 : IPixels
    {
        public static int Count => 4;
    }

    private readonly struct Pixels5 : IPixels
    {
        public static int Count => 5;
    }

    private readonly struct Pixels6 : IPixels
    {
        public static int Count => 6;
    }

    private readonly struct Pixels7 : IPixels
    {
        public static int Count => 7;
    }

    private readonly struct Pixels8 : IPixels
    {
        public static int Count => 8;
    }
}
