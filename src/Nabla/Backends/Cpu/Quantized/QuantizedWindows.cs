// Products and convolutions of bytes. A band of rows of results is summed into a buffer that stays in the second-level cache: panel by panel, so
// that a panel's weights stay in the first, row by row, tile by tile; the windows of an image are read in place, or from a copy framed by the zero
// point where windows hang over an edge. The finished sums are pooled, if they are, while they are integers: what follows keeps the order. Then
// they become results. Work is cut by sizes alone, as that of the float kernels.
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Backends.Cpu.Quantized.Winograd;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>Everything that a product of bytes needs.</summary>
internal unsafe struct QuantizedWork
{
    /// <summary>The images, and the frame that their windows are read in. A product is one image whose pixels are its rows.</summary>
    public SourceFrame Frame;

    /// <summary>The bytes.</summary>
    public byte* Source;

    /// <summary>Whether windows are read from the images as they are.</summary>
    public bool InPlace;

    /// <summary>The rows of results of an image.</summary>
    public int Rows;

    /// <summary>The pixels of a row of results.</summary>
    public int Width;

    /// <summary>The results of an image: in a product the last row may be shorter.</summary>
    public int Pixels;

    /// <summary>The rows of the frame that a row of results spans.</summary>
    public int ExtentY;

    /// <summary>The rows from one row of results to the next.</summary>
    public int StrideY;

    /// <summary>The pixels from one result to the next.</summary>
    public int StrideX;

    /// <summary>Whether rows are multiplied, which have no windows.</summary>
    public bool IsProduct;

    /// <summary>Whether each channel is convolved alone: then the weights are 16-bit numbers, tap by tap.</summary>
    public bool IsDepthwise;

    /// <summary>Whether there are so few channels that they are multiplied as floats: then the weights are such, step by step.</summary>
    public bool IsNarrow;

    /// <summary>How the weights lie.</summary>
    public QuadLayout Layout;

    /// <summary>Where each quad of a window stands.</summary>
    public nint* Offsets;

    /// <summary>The panels.</summary>
    public sbyte* Packed;

    /// <summary>Whether results are pooled.</summary>
    public bool Pools;

    /// <summary>How.</summary>
    public PoolingWork Pooling;

    /// <summary>What is done with the sums.</summary>
    public QuantizedResults Results;

    /// <summary>The multiplications of one image.</summary>
    public readonly long MultiplyAdds => (long)Pixels * Layout.Outputs * Layout.Steps;

    /// <summary>The rows of results that pieces are cut by.</summary>
    public readonly int ResultRows => Pools ? Pooling.Y.Windows : Rows;
}

/// <summary>Multiplies windows of bytes with packed weights.</summary>
internal static unsafe class QuantizedWindows<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IQuadLanes<TVector>
{
    private const int BandSums = 32 * 1024;
    private const int Slack = 64;

    /// <summary>Computes all results.</summary>
    public static void Run(in QuantizedWork work)
    {
        int panels = work.Layout.Groups == 1 ? work.Layout.Panels : 1;
        WindowCut cut = WindowCut.Choose(work.Frame.Images, work.ResultRows, panels, work.MultiplyAdds);
        WorkerPool.Run(cut.Pieces, new Piece(work, cut));
    }

    private readonly struct Piece(QuantizedWork work, WindowCut cut) : IPieceBody
    {
        public void Run(int piece)
        {
            (int rest, int columnPart) = Math.DivRem(piece, cut.ColumnParts);
            (int imagePart, int band) = Math.DivRem(rest, cut.Bands);
            int parts = cut.ColumnParts;
            (int firstPanel, int endPanel) = parts == 1
                ? (0, work.Layout.Panels)
                : (ProductGrid.Cut(cut.Panels, parts, columnPart), ProductGrid.Cut(cut.Panels, parts, columnPart + 1));
            int endRow = ProductGrid.Cut(cut.Rows, cut.Bands, band + 1);
            int sumsOfRow = (work.Pools ? work.Pooling.Y.Stride : 1) * work.Width * (endPanel - firstPanel) * work.Layout.Width;
            int step = Math.Max(1, BandSums / Math.Max(1, sumsOfRow));
            for (int image = ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart); image < ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart + 1); image++)
            {
                for (int row = ProductGrid.Cut(cut.Rows, cut.Bands, band); row < endRow; row += step)
                {
                    Band rows = new(work, image, firstPanel, endPanel);
                    if (work.Pools)
                    {
                        rows.RunPooled(row, Math.Min(endRow, row + step));
                    }
                    else
                    {
                        rows.Run(row, Math.Min(endRow, row + step));
                    }
                }
            }
        }
    }

    /// <summary>Some panels of some rows of results of an image.</summary>
    private readonly ref struct Band(in QuantizedWork work, int image, int firstPanel, int endPanel)
    {
        private readonly ref readonly QuantizedWork work = ref work;

        // The sums of a pixel: whole panels, so that what a tile writes beyond its columns is nobody's.
        private int Stride => (endPanel - firstPanel) * work.Layout.Width;

        public void Run(int first, int end)
        {
            nint pixel = (nint)first * work.Width;
            Write(Sum(first, end), ((nint)image * work.Pixels) + pixel, (int)(Math.Min((nint)end * work.Width, work.Pixels) - pixel));
        }

        public void RunPooled(int first, int end)
        {
            PoolingAxis y = work.Pooling.Y;
            if (work.IsNarrow && TileAxis.Fits(work.Pooling))
            {
                Write(SumNarrowPooled(first, end), (((nint)image * y.Windows) + first) * work.Pooling.X.Windows, (end - first) * work.Pooling.X.Windows);
                return;
            }

            int firstRow = y.Covered(first).First;
            int* sums = Sum(firstRow, y.Covered(end - 1).End);
            int windows = work.Pooling.X.Windows;
            int* largest = Scratch.Get<int>(ScratchUse.PooledSums, (nint)windows * Stride);
            for (int window = first; window < end; window++)
            {
                (int top, int bottom, _) = y.Covered(window);
                nint row = (nint)work.Width * Stride;
                PooledSums.Largest(sums + ((top - firstRow) * row), bottom - top, row, Stride, work.Pooling.X, largest);
                Write(largest, (((nint)image * y.Windows) + window) * windows, windows);
            }
        }

        private int* Sum(int first, int end)
        {
            byte* source = Source(first, end);
            int* sums = Scratch.Get<int>(ScratchUse.ResultRows, (nint)(end - first) * work.Width * Stride);
            if (work.IsDepthwise)
            {
                ByteChannels.Sum(work, source, first, end, sums, Stride);
                return sums;
            }

            if (work.IsNarrow)
            {
                SumNarrow(source, first, end, sums);
                return sums;
            }

            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                SumPanel(panel, source, first, end, sums + ((panel - firstPanel) * work.Layout.Width));
            }

            return sums;
        }

        private int* SumNarrowPooled(int first, int end)
        {
            int windows = work.Pooling.X.Windows;
            int* sums = Scratch.Get<int>(ScratchUse.ResultRows, (nint)(end - first) * windows * Stride);
            float* floats = Floats(Source(2 * first, 2 * end), 2 * first, 2 * end);
            nint row = work.StrideY * work.Frame.RowStride;
            for (int window = 0; window < end - first; window++)
            {
                NarrowWindows.SumPooled(
                    floats + (2 * window * row), row, (nint)work.StrideX * work.Frame.Channels, windows, work.Offsets, work.Layout.Steps, (float*)work.Packed,
                    work.Layout.Outputs, sums + ((nint)window * windows * Stride));
            }

            return sums;
        }

        private float* Floats(byte* source, int first, int end)
        {
            nint rows = ((end - 1 - first) * work.StrideY) + work.ExtentY;
            float* floats = Scratch.Get<float>(ScratchUse.PackedLeft, rows * work.Frame.RowStride);
            NarrowWindows.Widen(source, rows * work.Frame.RowStride, floats);
            return floats;
        }

        private void SumNarrow(byte* source, int first, int end, int* sums)
        {
            float* floats = Floats(source, first, end);
            for (int row = 0; row < end - first; row++, sums += work.Width * Stride, floats += work.StrideY * work.Frame.RowStride)
            {
                NarrowWindows.Sum(
                    floats, (nint)work.StrideX * work.Frame.Channels, work.Width, work.Offsets, work.Layout.Steps, (float*)work.Packed, work.Layout.Outputs, sums, Stride);
            }
        }

        // Where the windows of the first row begin.
        private byte* Source(int first, int end)
        {
            SourceFrame frame = work.Frame;
            byte* images = work.Source + (image * frame.ImageSize);
            int frameRow = first * work.StrideY;
            if (work.InPlace)
            {
                return images + (frameRow * frame.RowStride);
            }

            int rows = ((end - 1 - first) * work.StrideY) + work.ExtentY;
            if (work.IsProduct)
            {
                nint bytes = Math.Min(rows * frame.RowStride, ((nint)work.Pixels * frame.Channels) - (frameRow * frame.RowStride));
                byte* rowsCopy = Scratch.Get<byte>(ScratchUse.PaddedImage, bytes + Slack);
                Buffer.MemoryCopy(images + (frameRow * frame.RowStride), rowsCopy, bytes, bytes);
                return rowsCopy;
            }

            byte* copy = Scratch.Get<byte>(ScratchUse.PaddedImage, (rows * frame.RowStride) + Slack);
            PaddedCopy.Write(
                images, frame.Height, frame.Width, frame.Channels, frame.Top, frame.Left, frame.FrameWidth, frameRow, rows, copy, *work.Results.ZeroPoint);
            return copy;
        }

        private void SumPanel(int panel, byte* source, int first, int end, int* sums)
        {
            QuadLayout layout = work.Layout;
            sbyte* packed = work.Packed + (panel * layout.PanelBytes);
            nint pixel = (nint)work.StrideX * work.Frame.Channels;
            nint rowStride = work.StrideY * work.Frame.RowStride;
            QuadWork tile = new()
            {
                RowStride = pixel,
                Offsets = work.Offsets,
                Quads = (int*)(packed + QuadLayout.HeaderBytes),
                Weights = packed + layout.WeightsAt,
                Fours = ((int*)packed)[0],
                Twos = ((int*)packed)[1],
                Ones = ((int*)packed)[2],
                TargetStride = Stride,
            };
            byte* corner = source + (panel / layout.PanelsPerGroup * (work.Frame.Channels / layout.Groups));
            for (int row = first; row < end; row++)
            {
                int width = Math.Min(work.Width, work.Pixels - (row * work.Width));
                int tiles = (width + TLanes.TileRows - 1) / TLanes.TileRows;
                for (int part = 0; part < tiles; part++)
                {
                    int x = ProductGrid.Cut(width, tiles, part);
                    tile.Left = corner + ((row - first) * rowStride) + (x * pixel);
                    tile.Target = sums + ((((nint)(row - first) * work.Width) + x) * Stride);
                    QuadTile<TVector, TLanes>.Run(ProductGrid.Cut(width, tiles, part + 1) - x, &tile);
                }
            }
        }

        private void Write(int* sums, nint row, int rows)
        {
            QuadLayout layout = work.Layout;
            for (int panel = firstPanel; panel < endPanel;)
            {
                (int group, int panelOfGroup) = Math.DivRem(panel, layout.PanelsPerGroup);
                int next = Math.Min(endPanel, (group + 1) * layout.PanelsPerGroup);
                int column = panelOfGroup * layout.Width;
                int count = Math.Min(layout.GroupOutputs - column, (next - panel) * layout.Width);
                work.Results.Write(sums + ((nint)(panel - firstPanel) * layout.Width), Stride, row, rows, (group * layout.GroupOutputs) + column, count);
                panel = next;
            }
        }
    }
}
