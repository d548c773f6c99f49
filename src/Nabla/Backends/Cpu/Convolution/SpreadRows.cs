using System.Numerics;
using Nabla.Backends.Cpu.Pooling;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>The cotangent of a convolution under a max-pooling, row by row from that of the pooling: zero but for the taps.</summary>
/// <param name="pooling">The pooling.</param>
/// <param name="cotangent">That of the pooling.</param>
/// <param name="taps">The taps.</param>
internal readonly unsafe struct SpreadRows<T>(PoolingWork pooling, T* cotangent, byte* taps) : ICotangentRows<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T* At(int image, int y, int rows)
    {
        T* spread = Scratch.Get<T>(ScratchUse.ResultRows, rows * pooling.PixelRow);
        nint first = (nint)image * pooling.Y.Windows * pooling.WindowRow;
        Covering* covering = pooling.CoveringColumns();
        for (int row = 0; row < rows; row++)
        {
            MaxPoolingKernel<T, byte>.PixelRow(pooling, covering, cotangent + first, taps + first, y + row, spread + (row * pooling.PixelRow));
        }

        return spread;
    }
}
