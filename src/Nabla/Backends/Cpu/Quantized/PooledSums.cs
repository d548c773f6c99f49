using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Pooling;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>The largest of each window of sums.</summary>
internal static unsafe class PooledSums
{
    /// <summary>Pools a row of windows, all columns of a pixel, which are whole vectors of eight.</summary>
    /// <param name="sums">The first of the rows of pixels that the windows cover.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">The sums from one row to the next.</param>
    /// <param name="pixel">The sums from one pixel to the next.</param>
    /// <param name="x">The windows of the row.</param>
    /// <param name="largest">The largest of each window and column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Largest(int* sums, int rows, nint row, nint pixel, PoolingAxis x, int* largest)
    {
        for (int window = 0; window < x.Windows; window++, largest += pixel)
        {
            (int left, int right, _) = x.Covered(window);
            int* corner = sums + (left * pixel);
            if (rows == 2 && right - left == 2)
            {
                OfFour(corner, row, pixel, largest);
            }
            else
            {
                OfAny(corner, rows, right - left, row, pixel, largest);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OfFour(int* corner, nint row, nint pixel, int* largest)
    {
        int* lower = corner + row;
        for (nint column = 0; column < pixel; column += Vector256<int>.Count)
        {
            Vector256<int> above = Vector256.Max(Vector256.Load(corner + column), Vector256.Load(corner + pixel + column));
            Vector256<int> below = Vector256.Max(Vector256.Load(lower + column), Vector256.Load(lower + pixel + column));
            Vector256.Max(above, below).Store(largest + column);
        }
    }

    private static void OfAny(int* corner, int rows, int columns, nint row, nint pixel, int* largest)
    {
        for (nint column = 0; column < pixel; column += Vector256<int>.Count)
        {
            Vector256<int> most = Vector256.Create(int.MinValue);
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++)
                {
                    most = Vector256.Max(most, Vector256.Load(corner + (y * row) + (x * pixel) + column));
                }
            }

            most.Store(largest + column);
        }
    }
}
