using Nabla.Ops.Pooling;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>The sizes that the kernels of pooling count with, and how they cut the rows of all images into pieces: by sizes alone.</summary>
internal readonly unsafe record struct PoolingWork(PoolingAxis Y, PoolingAxis X, int Batch, int Channels)
{
    private const int PieceElements = 1 << 15;

    public static PoolingWork Of(PoolingShape shape) => new(
        new PoolingAxis(shape.Height, shape.OutputHeight, shape.Size.Height, shape.Window.StrideY, shape.Window.PadTop),
        new PoolingAxis(shape.Width, shape.OutputWidth, shape.Size.Width, shape.Window.StrideX, shape.Window.PadLeft),
        shape.Batch,
        shape.Channels);

    /// <summary>The rows of results of a piece of a kernel that walks the windows.</summary>
    public int WindowRowsPerPiece => RowsOf(X.Windows * Math.Max(1, Y.Size * X.Size));

    /// <summary>The rows of images of a piece of a kernel that walks the pixels.</summary>
    public int PixelRowsPerPiece => RowsOf(X.Pixels * Math.Max(1, Y.Size / Y.Stride) * Math.Max(1, X.Size / X.Stride));

    /// <summary>The elements of one row of results.</summary>
    public nint WindowRow => (nint)X.Windows * Channels;

    /// <summary>The elements of one row of an image.</summary>
    public nint PixelRow => (nint)X.Pixels * Channels;

    /// <summary>
    /// How many channels to walk in whole vectors. What a last vector reads and writes too much belongs to the pixels and windows right behind,
    /// which are written later: so all channels, rounded up, if enough of these are left in the row; else rounded down.
    /// </summary>
    /// <param name="lanes">The elements of a vector.</param>
    /// <param name="pixels">The pixels from the last one that is touched to the end of the row.</param>
    /// <param name="windows">The windows from the last one that is touched to the end of the row.</param>
    public int ChannelsInVectors(int lanes, int pixels, int windows)
    {
        int up = (Channels + lanes - 1) / lanes * lanes;
        return Math.Min(pixels, windows) * (long)Channels >= up ? up : Channels / lanes * lanes;
    }

    /// <summary>For each column of pixels the windows that cover it: this thread's until it asks again.</summary>
    public Covering* CoveringColumns()
    {
        Covering* covering = Scratch.Get<Covering>(ScratchUse.Covering, X.Pixels);
        for (int x = 0; x < X.Pixels; x++)
        {
            covering[x] = X.Covering(x);
        }

        return covering;
    }

    private int RowsOf(long pixels) => (int)Math.Max(1, PieceElements / Math.Max(1, pixels * Channels));
}
