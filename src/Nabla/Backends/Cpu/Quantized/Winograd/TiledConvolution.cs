// 3 x 3 convolutions of bytes by Winograd's algorithm in integers: F(4 x 4, 3 x 3) takes 36 multiplications for 16 results instead of 144, and what is
// left of an axis is computed in tiles of two with the same filters. The sums are those of the direct convolution to the bit. A block is some rows of
// tiles; the tiles of one kind in it are spread, multiplied point by point (products of [tiles, inputs] and [inputs, outputs]) for as many panels of
// outputs as stay in the second-level cache, and gathered, pooled or not; the block's finished sums become results. Sizes alone cut the work.
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>Everything that a tiled convolution needs.</summary>
internal unsafe struct TiledWork
{
    /// <summary>The sizes.</summary>
    public ConvolutionShape Shape;

    /// <summary>The tiles from top to bottom.</summary>
    public TileAxis Y;

    /// <summary>The tiles from left to right.</summary>
    public TileAxis X;

    /// <summary>Whether the largest of each two by two results is wanted.</summary>
    public bool Pools;

    /// <summary>The images.</summary>
    public byte* Images;

    /// <summary>How the filters lie.</summary>
    public TiledFilters Layout;

    /// <summary>The filters.</summary>
    public short* Filters;

    /// <summary>What is done with the sums.</summary>
    public QuantizedResults Results;

    /// <summary>By how much pooling makes an axis shorter.</summary>
    public readonly int Pooled => Pools ? 2 : 1;

    /// <summary>The rows of results of an image.</summary>
    public readonly int ResultHeight => Shape.OutputHeight / Pooled;

    /// <summary>The results of a row.</summary>
    public readonly int ResultWidth => Shape.OutputWidth / Pooled;

    /// <summary>The sums of all pixels of a row of tiles' results.</summary>
    public readonly int CoveredWidth => X.Covered / Pooled;

    /// <summary>The work for some sizes.</summary>
    public static TiledWork Of(in ConvolutionShape shape, bool pools)
    {
        (int height, int width) = pools ? (shape.OutputHeight & ~1, shape.OutputWidth & ~1) : (shape.OutputHeight, shape.OutputWidth);
        return new() { Shape = shape, Pools = pools, Y = TileAxis.Of(height), X = TileAxis.Of(width) };
    }
}

/// <summary>Multiplies spread tiles with packed filters.</summary>
internal static unsafe class TiledConvolution<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IQuadLanes<TVector>
{
    private const int CacheLine = 64;
    private const int PanelBytes = 160 << 10;

    private static int Width => 2 * TLanes.Count;

    /// <summary>Computes all results.</summary>
    public static void Run(in TiledWork work)
    {
        TiledCut cut = TiledCut.Choose(work);
        WorkerPool.Run(cut.Pieces, new Piece(work, cut));
    }

    // An odd number of cache lines, so that points do not evict each other.
    private static nint OddLines(nint bytes) => (((bytes + CacheLine - 1) / CacheLine) | 1) * CacheLine;

    private readonly struct Piece(TiledWork work, TiledCut cut) : IPieceBody
    {
        public void Run(int piece)
        {
            (int block, int part) = Math.DivRem(piece, cut.ColumnParts);
            (int first, int end) = cut.RowsOf(block);
            int firstPanel = ProductGrid.Cut(work.Layout.Panels, cut.ColumnParts, part);
            Block rows = new(work, first, end, firstPanel, ProductGrid.Cut(work.Layout.Panels, cut.ColumnParts, part + 1));
            rows.Sum<TileOfFour, TileOfFour>();
            rows.Sum<TileOfFour, TileOfTwo>();
            rows.Sum<TileOfTwo, TileOfFour>();
            rows.Sum<TileOfTwo, TileOfTwo>();
            rows.Write();
        }
    }

    /// <summary>Some panels of some rows of tiles, counted through all images.</summary>
    private readonly ref struct Block
    {
        private readonly ref readonly TiledWork work;
        private readonly int first;
        private readonly int end;
        private readonly int firstPanel;
        private readonly int panels;
        private readonly int* sums;

        public Block(in TiledWork work, int first, int end, int firstPanel, int endPanel)
        {
            this.work = ref work;
            (this.first, this.end, this.firstPanel, panels) = (first, end, firstPanel, endPanel - firstPanel);
            sums = Scratch.Get<int>(ScratchUse.ResultRows, (RowOf(end) - RowOf(first)) * RowSums);
        }

        private int Stride => panels * Width;

        private nint RowSums => (nint)work.CoveredWidth * Stride;

        /// <summary>Sums the tiles of a kind.</summary>
        public void Sum<TY, TX>()
            where TY : struct, ITileAxis
            where TX : struct, ITileAxis
        {
            int tiles = RowsOf<TY>() * TilesOf<TX>(work.X);
            if (tiles == 0)
            {
                return;
            }

            nint row = work.Shape.Inputs * sizeof(short);
            nint leftPoint = OddLines(tiles * row) / sizeof(short);
            short* left = Scratch.Get<short>(ScratchUse.TransformedTiles, TileTransforms<TY, TX>.Points * leftPoint);
            Spread<TY, TX>(left, leftPoint);
            nint ofPanel = (nint)TileTransforms<TY, TX>.Points * tiles * Width * sizeof(int);
            int group = (int)Math.Clamp(leftPoint * TileTransforms<TY, TX>.Points * sizeof(short) > PanelBytes ? panels : PanelBytes / ofPanel, 1, panels);
            nint rightPoint = OddLines((nint)tiles * group * Width * sizeof(int)) / sizeof(int);
            int* products = Scratch.Get<int>(ScratchUse.TransformedResults, TileTransforms<TY, TX>.Points * rightPoint);
            for (int panel = 0; panel < panels; panel += group)
            {
                int count = Math.Min(group, panels - panel);
                for (int point = 0; point < TileTransforms<TY, TX>.Points; point++)
                {
                    int filter = TileTransforms<TY, TX>.PointOf(point);
                    Multiply(left + (point * leftPoint), tiles, filter, firstPanel + panel, count, products + (point * rightPoint));
                }

                Gather<TY, TX>(products, rightPoint, count * Width, sums + (panel * Width));
            }
        }

        /// <summary>Makes results of the sums.</summary>
        public void Write()
        {
            int column = firstPanel * Width;
            int count = Math.Min(work.Shape.Outputs - column, Stride);
            for (int row = first; row < end; row++)
            {
                (int image, int tile) = Math.DivRem(row, work.Y.Tiles);
                int y = work.Y.First(tile) / work.Pooled;
                int rows = Math.Min(work.Y.Results(tile) / work.Pooled, work.ResultHeight - y);
                for (int result = 0; result < rows; result++)
                {
                    nint pixel = (((nint)image * work.ResultHeight) + y + result) * work.ResultWidth;
                    work.Results.Write(sums + ((RowOf(row) - RowOf(first) + result) * RowSums), Stride, pixel, work.ResultWidth, column, count);
                }
            }
        }

        // Where the results of a row of tiles begin, counted through all images as far as tiles cover them.
        private nint RowOf(int row)
        {
            (int image, int tile) = Math.DivRem(row, work.Y.Tiles);
            return (((nint)image * work.Y.Covered) + work.Y.First(tile)) / work.Pooled;
        }

        private static int TilesOf<TAxis>(TileAxis axis)
            where TAxis : struct, ITileAxis => TAxis.Results > 2 ? axis.Fours : axis.Twos;

        private bool IsOf<TY>(int row)
            where TY : struct, ITileAxis => work.Y.Results(row % work.Y.Tiles) == TY.Results;

        private int RowsOf<TY>()
            where TY : struct, ITileAxis
        {
            int rows = 0;
            for (int row = first; row < end; row++)
            {
                rows += IsOf<TY>(row) ? 1 : 0;
            }

            return rows;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Spread<TY, TX>(short* target, nint pointStride)
            where TY : struct, ITileAxis
            where TX : struct, ITileAxis
        {
            ConvolutionShape shape = work.Shape;
            byte* patch = Scratch.Get<byte>(ScratchUse.PaddedImage, TiledFilters.Points * TiledFilters.Points * (nint)shape.Inputs);
            int firstX = TX.Results > 2 ? 0 : work.X.Fours;
            for (int row = first; row < end; row++)
            {
                if (!IsOf<TY>(row))
                {
                    continue;
                }

                (int image, int tileY) = Math.DivRem(row, work.Y.Tiles);
                byte* pixels = work.Images + (image * shape.ImageSize);
                for (int tileX = firstX; tileX < firstX + TilesOf<TX>(work.X); tileX++, target += shape.Inputs)
                {
                    byte* corner = Corner<TY, TX>(pixels, work.Y.First(tileY) - shape.PadTop, work.X.First(tileX) - shape.PadLeft, patch, out nint stride);
                    TileTransforms<TY, TX>.Spread(corner, stride, shape.Inputs, target, pointStride);
                }
            }
        }

        // A tile that hangs over an edge is read from a copy framed by the zero point.
        private byte* Corner<TY, TX>(byte* image, int y, int x, byte* patch, out nint row)
            where TY : struct, ITileAxis
            where TX : struct, ITileAxis
        {
            (int height, int width, int channels) = (work.Shape.Height, work.Shape.Width, work.Shape.Inputs);
            if (y >= 0 && x >= 0 && y + TY.Pixels <= height && x + TX.Pixels <= width)
            {
                row = (nint)width * channels;
                return image + (y * row) + ((nint)x * channels);
            }

            row = (nint)TX.Pixels * channels;
            PaddedCopy.Write(image, height, width, channels, -y, -x, TX.Pixels, 0, TY.Pixels, patch, *work.Results.ZeroPoint);
            return patch;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(short* left, int tiles, int filter, int panel, int count, int* products)
        {
            int parts = (tiles + TLanes.TileRows - 1) / TLanes.TileRows;
            PairWork tile = new() { RowStride = work.Shape.Inputs * sizeof(short), Steps = work.Shape.Inputs / 2, TargetStride = count * Width };
            for (int index = 0; index < count; index++)
            {
                tile.Right = work.Filters + work.Layout.PanelAt(filter, panel + index);
                for (int part = 0; part < parts; part++)
                {
                    int row = ProductGrid.Cut(tiles, parts, part);
                    tile.Left = left + ((nint)row * work.Shape.Inputs);
                    tile.Target = products + ((((nint)row * count) + index) * Width);
                    PairTile<TVector, TLanes>.Run(ProductGrid.Cut(tiles, parts, part + 1) - row, &tile);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Gather<TY, TX>(int* products, nint pointStride, int columns, int* target)
            where TY : struct, ITileAxis
            where TX : struct, ITileAxis
        {
            int firstX = TX.Results > 2 ? 0 : work.X.Fours;
            for (int row = first; row < end; row++)
            {
                if (!IsOf<TY>(row))
                {
                    continue;
                }

                int* line = target + ((RowOf(row) - RowOf(first)) * RowSums);
                for (int tileX = firstX; tileX < firstX + TilesOf<TX>(work.X); tileX++, products += columns)
                {
                    nint pixel = work.X.First(tileX) / work.Pooled;
                    TileTransforms<TY, TX>.Gather(products, pointStride, columns, work.Pools, line + (pixel * Stride), RowSums, Stride);
                }
            }
        }
    }
}
