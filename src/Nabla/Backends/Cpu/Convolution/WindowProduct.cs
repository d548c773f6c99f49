// A convolution as a matrix product whose left rows are windows of an image, read in place: neighbouring windows overlap in
// memory, and the taps that lie next to each other in the image form one segment of the inner axis. So a 3 x 3 kernel over
// 32 channels is three segments of 96 steps, with no im2col. Images that need padding are copied into a frame of zeros, piece
// by piece (second-level cache). Weights are packed into panels once a call when they are wide, else read in place.
// Loop order: panel, image, row, tile of up to 14 pixels; all sums of a tile stay in registers from first tap to last.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>The images that windows are taken from, and the frame of zeros that they are read in.</summary>
internal readonly record struct SourceFrame(int Images, int Height, int Width, int Channels, int Top, int Left, int FrameHeight, int FrameWidth)
{
    /// <summary>Whether windows can be read from the image as it is.</summary>
    public bool InPlace => Top == 0 && Left == 0 && FrameHeight <= Height && FrameWidth <= Width;

    /// <summary>The elements from one row of windows' sources to the next.</summary>
    public nint RowStride => (nint)(InPlace ? Width : FrameWidth) * Channels;

    public nint ImageSize => (nint)Height * Width * Channels;
}

/// <summary>The results of one phase: a grid of pixels in the target images.</summary>
internal readonly record struct TargetGrid(int Height, int Width, int Channels, nint First, nint PixelStride, nint RowStride, nint ImageSize);

/// <summary>Everything that a convolution-like product needs.</summary>
internal unsafe struct WindowWork<T>
    where T : unmanaged
{
    public SourceFrame Frame;
    public TargetGrid Grid;
    public T* Source;
    public T* Target;

    /// <summary>The source pixels from one result to the next.</summary>
    public int StrideY;
    public int StrideX;
    public AxisTaps TapsY;
    public AxisTaps TapsX;

    /// <summary>Where each segment begins, counted from a window's corner in the frame.</summary>
    public nint* Offsets;
    public int Segments;
    public int SegmentLength;

    public int Groups;

    /// <summary>Weights: panel p of group g begins at <c>g * GroupStride + p * PanelStride</c>.</summary>
    public T* Weights;
    public nint GroupStride;
    public nint PanelStride;
    public nint StepStride;

    /// <summary>One for each target channel, or null.</summary>
    public T* Bias;

    /// <summary>Added behind the bias, in the order of <see cref="Target"/>; or null.</summary>
    public T* Residual;
    public bool Relu;

    public readonly int GroupInputs => Frame.Channels / Groups;

    public readonly int GroupOutputs => Grid.Channels / Groups;

    public readonly long MultiplyAdds => (long)Grid.Height * Grid.Width * GroupOutputs * Groups * Segments * SegmentLength;
}

/// <summary>Multiplies windows with weights.</summary>
internal static unsafe class WindowProduct<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const long SerialWork = 60_000;

    public static int Width => 2 * TLanes.Count;

    /// <summary>Computes all results.</summary>
    public static void Run(in WindowWork<T> work)
    {
        int panels = Panels(work);
        WindowCut cut = WindowCut.Choose(work.Frame.Images, work.Grid.Height, panels, work.MultiplyAdds);
        Piece piece = new(work, cut);
        if (work.MultiplyAdds * work.Frame.Images < SerialWork)
        {
            for (int index = 0; index < cut.Pieces; index++)
            {
                piece.Run(index);
            }
        }
        else
        {
            WorkerPool.Run(cut.Pieces, piece);
        }
    }

    /// <summary>The panels of channels of all groups.</summary>
    public static int Panels(in WindowWork<T> work) => work.Groups * PanelsPerGroup(work);

    /// <summary>Computes some panels of some rows of some images, on this thread.</summary>
    /// <param name="work">The convolution.</param>
    /// <param name="firstImage">The first image.</param>
    /// <param name="images">How many.</param>
    /// <param name="firstRow">The first row of results.</param>
    /// <param name="rows">How many.</param>
    /// <param name="firstPanel">The first panel of channels.</param>
    /// <param name="endPanel">The one behind the last.</param>
    /// <param name="target">Where the first row of the first image goes; the others lie as in the work's grid.</param>
    public static void RunRows(in WindowWork<T> work, int firstImage, int images, int firstRow, int rows, int firstPanel, int endPanel, T* target)
    {
        T* source = Sources(work, firstImage, images, firstRow, rows, out nint imageStride);
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            for (int image = 0; image < images; image++)
            {
                RunPanel(work, panel, source + (image * imageStride), target + (image * work.Grid.ImageSize), rows);
            }
        }
    }

    /// <summary>Where the windows of some rows of results begin, copied into a frame if need be.</summary>
    private static T* Sources(in WindowWork<T> work, int firstImage, int images, int firstRow, int rows, out nint imageStride)
    {
        SourceFrame frame = work.Frame;
        T* first = work.Source + (firstImage * frame.ImageSize);
        int frameRow = firstRow * work.StrideY;
        if (frame.InPlace)
        {
            imageStride = frame.ImageSize;
            return first + (frameRow * frame.RowStride);
        }

        int frameRows = ((rows - 1) * work.StrideY) + work.TapsY.Extent;
        imageStride = frameRows * frame.RowStride;
        T* frames = Scratch.Get<T>(ScratchUse.PaddedImage, images * imageStride);
        for (int image = 0; image < images; image++)
        {
            PaddedCopy.Write(
                first + (image * frame.ImageSize), frame.Height, frame.Width, frame.Channels, frame.Top, frame.Left, frame.FrameWidth,
                frameRow, frameRows, frames + (image * imageStride));
        }

        return frames;
    }

    private static void RunPanel(in WindowWork<T> work, int panel, T* source, T* target, int rows)
    {
        (int group, int panelOfGroup) = Math.DivRem(panel, PanelsPerGroup(work));
        int column = panelOfGroup * Width;
        int columns = Math.Min(Width, work.GroupOutputs - column);
        int channel = (group * work.GroupOutputs) + column;
        int tiles = (work.Grid.Width + TLanes.TileRows - 1) / TLanes.TileRows;
        nint pixel = (nint)work.StrideX * work.Frame.Channels;
        TileWork<T> tile = new()
        {
            RowStride = pixel,
            StepStride = 1,
            Offsets = work.Offsets,
            Segments = work.Segments,
            SegmentLength = work.SegmentLength,
            Right = work.Weights + (group * work.GroupStride) + (panelOfGroup * work.PanelStride),
            RightStride = work.StepStride,
            TargetStride = work.Grid.PixelStride,
            Bias = work.Bias is null ? null : work.Bias + channel,
            Relu = work.Relu && work.Residual is null,
        };
        for (int row = 0; row < rows; row++)
        {
            T* sourceRow = source + (row * work.StrideY * work.Frame.RowStride) + (group * work.GroupInputs);
            T* targetRow = target + (row * work.Grid.RowStride) + channel;
            for (int part = 0; part < tiles; part++)
            {
                int x = ProductGrid.Cut(work.Grid.Width, tiles, part);
                int pixels = ProductGrid.Cut(work.Grid.Width, tiles, part + 1) - x;
                tile.Left = sourceRow + (x * pixel);
                tile.Target = targetRow + (x * work.Grid.PixelStride);
                PanelTile<T, TVector, TLanes>.Run(pixels, columns, &tile);
            }

            if (work.Residual is not null)
            {
                AddResidual(work, columns, targetRow);
            }
        }
    }

    // A row that was just computed is in the first-level cache.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddResidual(in WindowWork<T> work, int columns, T* target)
    {
        T* added = work.Residual + (target - work.Target);
        T least = work.Relu ? T.Zero : T.NegativeInfinity;
        TVector lowest = TLanes.Broadcast(&least);
        for (int pixel = 0; pixel < work.Grid.Width; pixel++, target += work.Grid.PixelStride, added += work.Grid.PixelStride)
        {
            int column = 0;
            for (; column <= columns - TLanes.Count; column += TLanes.Count)
            {
                TLanes.Store(target + column, TLanes.Max(TLanes.Add(TLanes.Load(target + column), TLanes.Load(added + column)), lowest));
            }

            for (; column < columns; column++)
            {
                target[column] = T.Max(target[column] + added[column], least);
            }
        }
    }

    private static int PanelsPerGroup(in WindowWork<T> work) => (work.GroupOutputs + Width - 1) / Width;

    /// <summary>Some images, or a band of rows and some panels of one.</summary>
    private readonly struct Piece(WindowWork<T> work, WindowCut cut) : IPieceBody
    {
        public void Run(int piece)
        {
            (int rest, int columnPart) = Math.DivRem(piece, cut.ColumnParts);
            (int imagePart, int band) = Math.DivRem(rest, cut.Bands);
            int firstImage = ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart);
            int images = ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart + 1) - firstImage;
            int firstRow = ProductGrid.Cut(cut.Rows, cut.Bands, band);
            int rows = ProductGrid.Cut(cut.Rows, cut.Bands, band + 1) - firstRow;
            T* target = work.Target + (firstImage * work.Grid.ImageSize) + work.Grid.First + (firstRow * work.Grid.RowStride);
            int firstPanel = ProductGrid.Cut(cut.Panels, cut.ColumnParts, columnPart);
            int endPanel = ProductGrid.Cut(cut.Panels, cut.ColumnParts, columnPart + 1);
            RunRows(work, firstImage, images, firstRow, rows, firstPanel, endPanel, target);
        }
    }
}

/// <summary>How the results of a convolution are cut into pieces. It never changes a result, and does not know the threads.</summary>
internal readonly record struct WindowCut(int Images, int Rows, int Panels, int ImageParts, int Bands, int ColumnParts)
{
    private const int MostPieces = 32;
    private const long WorkPerPiece = 30_000;
    private const int FewestRows = 3;

    public int Pieces => ImageParts * Bands * ColumnParts;

    /// <summary>Cuts a convolution.</summary>
    /// <param name="images">Its images.</param>
    /// <param name="rows">Rows of results, or of windows of them.</param>
    /// <param name="panels">Panels of channels.</param>
    /// <param name="multiplyAdds">The work of an image.</param>
    /// <param name="rowHeight">The rows of results that one of <paramref name="rows"/> stands for.</param>
    public static WindowCut Choose(int images, int rows, int panels, long multiplyAdds, int rowHeight = 1)
    {
        int wanted = (int)Math.Clamp(images * multiplyAdds / WorkPerPiece, 1, MostPieces);
        int imageParts = Math.Min(images, wanted);
        int bands = Math.Clamp((wanted + imageParts - 1) / Math.Max(imageParts, 1), 1, Math.Max(1, rows * rowHeight / FewestRows));
        bands = Math.Min(bands, Math.Max(1, rows));
        int columnParts = Math.Clamp(wanted / Math.Max(1, imageParts * bands), 1, panels);
        return new WindowCut(images, rows, panels, imageParts, bands, columnParts);
    }
}
