using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>An axis of results cut into tiles of four, and one of two behind them where one or two are left.</summary>
/// <param name="Fours">The tiles of four.</param>
/// <param name="Twos">The tiles of two: none or one.</param>
internal readonly record struct TileAxis(int Fours, int Twos)
{
    private const int Four = 4;
    private const int Two = 2;

    /// <summary>All tiles.</summary>
    public int Tiles => Fours + Twos;

    /// <summary>The results of all tiles, those that hang over the end among them.</summary>
    public int Covered => (Four * Fours) + (Two * Twos);

    /// <summary>The tiles over so many results.</summary>
    public static TileAxis Of(int results)
    {
        (int fours, int rest) = Math.DivRem(results, Four);
        return rest > Two ? new(fours + 1, 0) : new(fours, rest > 0 ? 1 : 0);
    }

    /// <summary>The first result of a tile.</summary>
    public int First(int tile) => Four * tile;

    /// <summary>The results of a tile.</summary>
    public int Results(int tile) => tile < Fours ? Four : Two;

    /// <summary>Whether windows of two are whole parts of tiles.</summary>
    public static bool Fits(in PoolingWork pooling) => Fits(pooling.Y) && Fits(pooling.X);

    /// <summary>Whether such convolutions of bytes are computed in tiles: channels come in whole vectors.</summary>
    public static bool Fits(in ConvolutionShape shape) =>
        (shape.KernelHeight, shape.KernelWidth, shape.StrideY, shape.StrideX, shape.DilationY, shape.DilationX, shape.Groups) == (3, 3, 1, 1, 1, 1, 1)
        && shape.Inputs > 0 && shape.Outputs > 0 && shape.Inputs % ByteLanes.Count == 0 && shape.Outputs % ByteLanes.Count == 0;

    private static bool Fits(in PoolingAxis axis) => (axis.Size, axis.Stride, axis.Padding) == (2, 2, 0) && axis.Windows * 2 <= axis.Pixels;
}
