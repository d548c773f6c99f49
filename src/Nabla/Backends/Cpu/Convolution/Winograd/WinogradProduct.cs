// 3 x 3 convolution in 16 multiplications for 4 results instead of 36: Winograd's F(2 x 2, 3 x 3), Lavin and Gray, arXiv 1509.09308. A block of
// tiles is transformed, multiplied with the transformed filters place by place (16 products of [tiles, inputs] and [inputs, outputs]), and
// transformed back, or back and pooled, before the next block: tiles and products of a block stay in the second-level cache, and filters stream by
// once a block. Each product is one chain of fused multiply-adds over the inputs, so the cut into blocks does not change a bit.
// Two cores of Zen 4, peak 229 GFLOP/s: as much as a direct convolution of 280-430 GFLOP/s would give, from 32 to 512 channels.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>What is convolved, and where the results go.</summary>
internal unsafe struct WinogradWork<T>
    where T : unmanaged
{
    public WinogradShape Shape;
    public T* Images;

    /// <summary>The filters, transformed, or null.</summary>
    public T* Filters;

    /// <summary>One for each output, or null.</summary>
    public T* Bias;

    /// <summary>Added to the results, in their order; or null.</summary>
    public T* Residual;
    public bool Relu;

    /// <summary>The results, or with <see cref="Taps"/> the largest of each tile.</summary>
    public T* Target;

    /// <summary>Which result of each tile is the largest, or null if all results are wanted.</summary>
    public byte* Taps;

    /// <summary>A forward convolution.</summary>
    public static WinogradWork<T> Of(in WinogradShape shape, in ForwardWork<T> forward) => new()
    {
        Shape = shape,
        Images = forward.Images,
        Filters = forward.Packed,
        Bias = forward.Bias,
        Residual = forward.Residual,
        Relu = forward.Relu,
        Target = forward.Target,
    };
}

/// <summary>Multiplies transformed tiles with transformed filters.</summary>
internal static unsafe class WinogradProduct<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int Places = 16;
    private const int EvictingChannels = 256;

    private static int Width => 2 * TLanes.Count;

    /// <summary>Computes all results from weights [3, 3, inputs, outputs], or of a gradient [3, 3, outputs, inputs] turned; or from transformed filters.</summary>
    public static void Run(in WinogradWork<T> work, T* weights, bool turned)
    {
        WinogradCut cut = WinogradCut.Choose(work.Shape, WinogradFilters<T, TVector, TLanes>.Panels(work.Shape));
        T* filters = work.Filters;
        if (filters is null && cut.Blocks > 1)
        {
            filters = WinogradFilters<T, TVector, TLanes>.Transform(work.Shape, weights, turned);
        }

        WorkerPool.Run(cut.Pieces, new Piece(work, weights, turned, filters, cut));
    }

    /// <summary>From one row of a left operand or a result to the next: rows of whole pages would evict each other.</summary>
    private static nint RowStride(int channels) => channels < EvictingChannels ? channels : WinogradTiles<T, TVector, TLanes>.OddLines(channels);

    /// <summary>Some tiles and some panels of outputs. Filters that no other piece reads are transformed here, not before.</summary>
    private readonly struct Piece(WinogradWork<T> work, T* weights, bool turned, T* shared, WinogradCut cut) : IPieceBody
    {
        public void Run(int piece)
        {
            (int firstTile, int endTile) = cut.TilesOf(piece);
            (int firstPanel, int endPanel) = cut.PanelsOf(piece);
            int firstChannel = firstPanel * Width;
            int channels = Math.Min(work.Shape.Outputs, endPanel * Width) - firstChannel;
            nint leftRow = RowStride(work.Shape.Inputs), resultRow = RowStride(channels);
            nint leftPlace = WinogradTiles<T, TVector, TLanes>.OddLines((endTile - firstTile) * leftRow);
            nint resultPlace = WinogradTiles<T, TVector, TLanes>.OddLines((endTile - firstTile) * resultRow);
            T* filters = shared is not null
                ? shared
                : WinogradFilters<T, TVector, TLanes>.TransformPanels(work.Shape, weights, turned, firstPanel, endPanel);
            T* left = Scratch.Get<T>(ScratchUse.TransformedTiles, Places * leftPlace);
            T* results = Scratch.Get<T>(ScratchUse.TransformedResults, Places * resultPlace);
            WinogradTiles<T, TVector, TLanes>.Transform(work.Shape, work.Images, firstTile, endTile, left, leftPlace, leftRow);
            for (int place = 0; place < Places; place++)
            {
                T* panels = filters + (place * WinogradFilters<T, TVector, TLanes>.PlaceStride(work.Shape));
                Multiply(left + (place * leftPlace), leftRow, endTile - firstTile, panels, firstPanel, endPanel, results + (place * resultPlace), resultRow);
            }

            if (work.Taps is null)
            {
                WriteTiles(firstTile, endTile, firstChannel, channels, results, resultPlace, resultRow);
            }
            else
            {
                PoolTiles(firstTile, endTile, firstChannel, channels, results, resultPlace, resultRow);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(T* left, nint leftRow, int rows, T* panels, int firstPanel, int endPanel, T* results, nint resultRow)
        {
            int parts = (rows + TLanes.TileRows - 1) / TLanes.TileRows;
            TileWork<T> tile = new()
            {
                RowStride = leftRow,
                StepStride = 1,
                Segments = 1,
                SegmentLength = work.Shape.Inputs,
                RightStride = Width,
                TargetStride = resultRow,
            };
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                bool wide = work.Shape.Outputs - (panel * Width) > TLanes.Count;
                tile.Right = panels + ((nint)panel * work.Shape.Inputs * Width);
                for (int part = 0; part < parts; part++)
                {
                    int row = ProductGrid.Cut(rows, parts, part);
                    tile.Left = left + (row * leftRow);
                    tile.Target = results + (row * resultRow) + ((panel - firstPanel) * Width);
                    RegisterTile<T, TVector, TLanes>.Run(ProductGrid.Cut(rows, parts, part + 1) - row, wide, &tile);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void WriteTiles(int firstTile, int endTile, int firstChannel, int channels, T* results, nint placeStride, nint tileStride)
        {
            WinogradEpilogue<T> epilogue = new(work.Bias is null ? null : work.Bias + firstChannel, work.Relu);
            T* nowhere = Scratch.Get<T>(ScratchUse.ResultRows, channels);
            nint pixel = work.Shape.Outputs, row = (nint)work.Shape.OutputWidth * pixel;
            for (int tile = firstTile; tile < endTile; tile++, results += tileStride)
            {
                (int rest, int tileX) = Math.DivRem(tile, work.Shape.TilesX);
                (int image, int tileY) = Math.DivRem(rest, work.Shape.TilesY);
                T* first = work.Target + ((((nint)image * work.Shape.OutputHeight) + (2 * tileY)) * row) + (2 * tileX * pixel) + firstChannel;
                bool right = (2 * tileX) + 1 < work.Shape.OutputWidth, bottom = (2 * tileY) + 1 < work.Shape.OutputHeight;
                WinogradPixels<T> target = new(
                    first, right ? first + pixel : nowhere, bottom ? first + row : nowhere, right && bottom ? first + row + pixel : nowhere);
                if (work.Residual is not null)
                {
                    T* added = work.Residual + (first - work.Target);
                    epilogue.Residual = new(
                        added, right ? added + pixel : added, bottom ? added + row : added, right && bottom ? added + row + pixel : added);
                }

                WinogradResults<T, TVector, TLanes>.TransformTile(results, placeStride, channels, epilogue, target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void PoolTiles(int firstTile, int endTile, int firstChannel, int channels, T* results, nint placeStride, nint tileStride)
        {
            WinogradEpilogue<T> epilogue = new(work.Bias is null ? null : work.Bias + firstChannel, work.Relu);
            T* pixels = Scratch.Get<T>(ScratchUse.ResultRows, 4 * (nint)channels);
            WinogradPixels<T> target = new(pixels, pixels + channels, pixels + (2 * channels), pixels + (3 * channels));
            PoolingAxis pair = new(Pixels: 2, Windows: 1, Size: 2, Stride: 2, Padding: 0);
            PoolingWork window = new(pair, pair, 1, channels);
            for (int tile = firstTile; tile < endTile; tile++, results += tileStride)
            {
                nint place = ((nint)tile * work.Shape.Outputs) + firstChannel;
                WinogradResults<T, TVector, TLanes>.TransformTile(results, placeStride, channels, epilogue, target);
                MaxPoolingKernel<T, byte>.WindowRow(window, pixels, 0, work.Target + place, work.Taps + place);
            }
        }
    }
}
