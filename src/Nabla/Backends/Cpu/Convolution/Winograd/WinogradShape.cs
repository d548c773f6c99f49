using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>
/// A 3 x 3 convolution of stride one, cut into tiles of 2 x 2 results, which are numbered through all images. Tile (y, x) reads the 4 x 4 pixels
/// from (2 * y - <paramref name="Top"/>, 2 * x - <paramref name="Left"/>) on.
/// </summary>
internal readonly record struct WinogradShape(
    int Batch, int Height, int Width, int Inputs, int Top, int Left, int OutputHeight, int OutputWidth, int Outputs, int TilesY, int TilesX)
{
    private const int ChannelStep = 16;
    private const int FewestChannels = 32;

    // To transform a filter costs about as much as the multiplications saved in this many tiles; more if the filters exceed the caches.
    private const int FewestTiles = 16;
    private const int FewestTilesOfManyFilters = 48;
    private const int ManyFilters = 64 * 64;
    private const int FewestTilesOncePacked = 8;

    public int Tiles => Batch * TilesY * TilesX;

    /// <summary>Whether so many filters of so many tiles are computed faster than directly.</summary>
    public bool IsWorthwhile => HasChannels && Tiles >= ((long)Inputs * Outputs <= ManyFilters ? FewestTiles : FewestTilesOfManyFilters);

    /// <summary>Whether it is so when the filters are transformed already; for fewer tiles reading 16 numbers a filter takes longer than computing with 9.</summary>
    public bool IsWorthwhileOncePacked => HasChannels && Tiles >= FewestTilesOncePacked;

    private bool HasChannels =>
        Inputs >= FewestChannels && Outputs >= FewestChannels && Inputs % ChannelStep == 0 && Outputs % ChannelStep == 0;

    /// <summary>The convolution of images.</summary>
    public static WinogradShape Forward(in ConvolutionShape shape) => new(
        shape.Batch, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.OutputHeight, shape.OutputWidth, shape.Outputs,
        (shape.OutputHeight + 1) / 2, (shape.OutputWidth + 1) / 2);

    /// <summary>The gradient of the images: a convolution of the cotangent with the filters turned.</summary>
    public static WinogradShape Backward(in ConvolutionShape shape) => new(
        shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs, 2 - shape.PadTop, 2 - shape.PadLeft, shape.Height, shape.Width, shape.Inputs,
        (shape.Height + 1) / 2, (shape.Width + 1) / 2);

    /// <summary>The convolution of images of which each tile is a window of the pooling.</summary>
    public static WinogradShape Pooled(in ConvolutionShape shape, in PoolingWork pooling) =>
        Forward(shape) with { TilesY = pooling.Y.Windows, TilesX = pooling.X.Windows };

    /// <summary>Whether the algorithm computes such convolutions at all.</summary>
    public static bool Fits(in ConvolutionShape shape) =>
        (shape.KernelHeight, shape.KernelWidth, shape.StrideY, shape.StrideX, shape.DilationY, shape.DilationX, shape.Groups) == (3, 3, 1, 1, 1, 1, 1);

    /// <summary>Whether the windows of a pooling are tiles.</summary>
    public static bool Fits(in PoolingWork pooling) => Fits(pooling.Y) && Fits(pooling.X);

    private static bool Fits(in PoolingAxis axis) => (axis.Size, axis.Stride, axis.Padding) == (2, 2, 0) && axis.Windows * 2 <= axis.Pixels;
}
