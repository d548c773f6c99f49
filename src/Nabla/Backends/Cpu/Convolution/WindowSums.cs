// The gradient of convolution weights: taps and channels are the rows of a product, results the columns, pixels the inner axis.
// A tile of up to 14 rows by two vectors keeps its sums in registers over all pixels of a band of one image; bands follow
// each other by going on from the sums in memory. Taps next to each other in the image are rows next to each other, so
// the image is read in place. Slices of the batch, cut by sizes alone, have sums of their own, added in their order at the end.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Where rows of the cotangent of a convolution are found.</summary>
internal unsafe interface ICotangentRows<T>
    where T : unmanaged
{
    /// <summary>Rows y to y + rows - 1 of one image; this thread's until it asks again.</summary>
    T* At(int image, int y, int rows);
}

/// <summary>Rows that are there.</summary>
/// <param name="cotangent">All images.</param>
/// <param name="height">The rows of an image.</param>
/// <param name="rowSize">The elements of a row.</param>
internal readonly unsafe struct WholeRows<T>(T* cotangent, int height, nint rowSize) : ICotangentRows<T>
    where T : unmanaged
{
    public T* At(int image, int y, int rows) => cotangent + ((((nint)image * height) + y) * rowSize);
}

/// <summary>Sums products of windows and cotangents over all pixels.</summary>
internal static unsafe class WindowSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostSlices = 16;
    private const int MostPieces = 32;
    private const int FewestPixels = 64;
    private const long MostSliceElements = 2 << 20;
    private const long SerialWork = 60_000;
    private const int BandElements = 64 * 1024;

    private static int Width => 2 * TLanes.Count;

    /// <summary>gradient[ky, kx, input, output] = the sum over images, y and x of window elements times cotangents.</summary>
    public static void Run<TRows>(in ConvolutionShape shape, T* input, TRows cotangent, T* gradient)
        where TRows : struct, ICotangentRows<T>
    {
        nint size = (nint)shape.KernelHeight * shape.KernelWidth * shape.GroupInputs * shape.Outputs;
        long pixels = (long)shape.Batch * shape.OutputHeight * shape.OutputWidth;
        long work = size * pixels;
        int rows = shape.Batch * shape.OutputHeight;
        long most = Math.Min(Math.Min(MostSlices, rows), Math.Min(pixels / FewestPixels, MostSliceElements / Math.Max(size, 1)));
        int slices = work < SerialWork ? 1 : (int)Math.Max(1, most);
        int panels = shape.Groups * ((shape.GroupOutputs + Width - 1) / Width);
        int columnParts = work < SerialWork ? 1 : Math.Clamp(MostPieces / slices, 1, panels);
        T* sums = slices == 1 ? gradient : Scratch.Get<T>(ScratchUse.PartialSums, size * slices);
        Piece<TRows> piece = new(shape, input, cotangent, sums, size, slices, panels, columnParts);
        if (work < SerialWork)
        {
            piece.Run(0);
        }
        else
        {
            WorkerPool.Run(slices * columnParts, piece);
        }

        SliceSums<T, TVector, TLanes>.Add(sums, gradient, size, slices);
    }

    /// <summary>The corner of the first window of some rows of results, in the image itself or in a frame of zeros.</summary>
    public static T* Windows(in ConvolutionShape shape, T* input, int image, int y, int rows, out nint rowStride)
    {
        T* source = input + (image * shape.ImageSize);
        rowStride = (nint)shape.PaddedWidth * shape.Inputs;
        if (!shape.IsPadded)
        {
            return source + (y * shape.StrideY * rowStride);
        }

        int frameRows = rows == 0 ? 0 : ((rows - 1) * shape.StrideY) + shape.ExtentY;
        T* frame = Scratch.Get<T>(ScratchUse.PaddedImage, frameRows * rowStride);
        PaddedCopy.Write(
            source, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.PaddedWidth, y * shape.StrideY, frameRows, frame);
        return frame;
    }

    /// <summary>Some panels of the gradient over one slice of the rows of results of all images.</summary>
    private readonly struct Piece<TRows>(
        ConvolutionShape shape, T* input, TRows cotangent, T* sums, nint size, int slices, int panels, int columnParts) : IPieceBody
        where TRows : struct, ICotangentRows<T>
    {
        public void Run(int piece)
        {
            (int slice, int part) = Math.DivRem(piece, columnParts);
            int rows = shape.Batch * shape.OutputHeight;
            int row = ProductGrid.Cut(rows, slices, slice);
            int end = ProductGrid.Cut(rows, slices, slice + 1);
            int firstPanel = ProductGrid.Cut(panels, columnParts, part);
            int endPanel = ProductGrid.Cut(panels, columnParts, part + 1);
            int most = Math.Max(1, BandElements / Math.Max(1, shape.OutputWidth * Math.Max(shape.StrideX * shape.StrideY * shape.Inputs, shape.Outputs)));
            T* target = sums + (slice * size);
            bool first = true;
            do
            {
                int band = Math.Min(Math.Min(most, end - row), shape.OutputHeight - (row % Math.Max(1, shape.OutputHeight)));
                RunBand(row, band, firstPanel, endPanel, target, !first);
                row += band;
                first = false;
            }
            while (row < end);
        }

        private void RunBand(int row, int rows, int firstPanel, int endPanel, T* target, bool accumulate)
        {
            (int image, int y) = Math.DivRem(row, Math.Max(1, shape.OutputHeight));
            T* source = Windows(shape, input, image, y, rows, out nint rowStride);
            nint* offsets = Scratch.Get<nint>(ScratchUse.Segments, rows);
            for (int index = 0; index < rows; index++)
            {
                offsets[index] = index * shape.StrideY * rowStride;
            }

            nint pixels = (nint)rows * shape.OutputWidth;
            T* from = cotangent.At(image, y, rows);
            T* packed = Scratch.Get<T>(ScratchUse.PackedRight, pixels * Width);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                (int group, int partOfGroup) = Math.DivRem(panel, panels / shape.Groups);
                int column = partOfGroup * Width;
                int columns = Math.Min(Width, shape.GroupOutputs - column);
                int channel = (group * shape.GroupOutputs) + column;
                TileWork<T> tile = new()
                {
                    RowStride = 1,
                    StepStride = (nint)shape.StrideX * shape.Inputs,
                    Offsets = offsets,
                    Segments = rows,
                    SegmentLength = shape.OutputWidth,
                    Right = from + channel,
                    RightStride = shape.Outputs,
                    TargetStride = shape.Outputs,
                    Accumulate = accumulate,
                };
                if (shape.Outputs > Width || columns % TLanes.Count != 0)
                {
                    PanelPacking.Pack(from + channel, shape.Outputs, 1, (int)pixels, columns, packed, Width);
                    tile.Right = packed;
                    tile.RightStride = Width;
                }

                RunTaps(ref tile, source + (group * shape.GroupInputs), rowStride, target + channel, columns);
            }
        }

        /// <summary>Runs the tiles of all taps: a row of taps at once if their channels follow each other in memory.</summary>
        private void RunTaps(ref TileWork<T> tile, T* source, nint rowStride, T* target, int columns)
        {
            bool joined = shape.Groups == 1 && shape.DilationX == 1;
            int runs = joined ? 1 : shape.KernelWidth;
            int length = joined ? shape.KernelWidth * shape.Inputs : shape.GroupInputs;
            int tiles = (length + TLanes.TileRows - 1) / TLanes.TileRows;
            TileWork<T> work = tile;
            for (int y = 0; y < shape.KernelHeight; y++)
            {
                for (int run = 0; run < runs; run++, target += (nint)length * shape.Outputs)
                {
                    T* corner = source + (y * shape.DilationY * rowStride) + ((nint)run * shape.DilationX * shape.Inputs);
                    for (int part = 0; part < tiles; part++)
                    {
                        int row = ProductGrid.Cut(length, tiles, part);
                        work.Left = corner + row;
                        work.Target = target + ((nint)row * shape.Outputs);
                        PanelTile<T, TVector, TLanes>.Run(ProductGrid.Cut(length, tiles, part + 1) - row, columns, &work);
                    }
                }
            }
        }
    }
}
