// The transforms of a tile in both directions, sixteen or eight channels at a time: along the columns into a small buffer, then along the rows.
// Sums come out times 2 to some power and times 1, 3 or 9, perhaps beyond 32 bits: the inverse of the odd factor modulo 2 to the 32 and a shift
// leave what the direct sums are.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>Spreads tiles of bytes to points, and gathers the sums of points.</summary>
internal static unsafe class TileTransforms<TY, TX>
    where TY : struct, ITileAxis
    where TX : struct, ITileAxis
{
    private const int Lanes = 16;
    private const int SumLanes = 8;
    private const int Third = unchecked((int)0xAAAAAAAB);

    /// <summary>The points of a tile.</summary>
    public static int Points => TY.Pixels * TX.Pixels;

    // A third, where the tile is of four; three times itself is one.
    private static int InverseOfOdd => unchecked((TY.OddFactor == 1 ? 1 : Third) * (TX.OddFactor == 1 ? 1 : Third));

    /// <summary>Which of the filter's 36 points a point of the tile is.</summary>
    public static int PointOf(int point)
    {
        (int y, int x) = Math.DivRem(point, TX.Pixels);
        return (TY.PointOf(y) * TiledFilters.Points) + TX.PointOf(x);
    }

    /// <summary>Spreads a tile.</summary>
    /// <param name="corner">Its first pixel.</param>
    /// <param name="row">The bytes from one row of pixels to the next.</param>
    /// <param name="channels">The channels, whole vectors of sixteen.</param>
    /// <param name="target">The tile's channels at the first point.</param>
    /// <param name="pointStride">The numbers from one point to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(byte* corner, nint row, nint channels, short* target, nint pointStride)
    {
        short* columns = stackalloc short[TiledFilters.Points * TiledFilters.Points * Lanes];
        for (nint channel = 0; channel < channels; channel += Lanes)
        {
            byte* from = corner + channel;
            for (int x = 0; x < TX.Pixels; x++, from += channels)
            {
                TY.Spread(
                    Load(from), Load(from + row), Load(from + (2 * row)), Load(from + (3 * row)), TY.Pixels > 4 ? Load(from + (4 * row)) : default,
                    TY.Pixels > 4 ? Load(from + (5 * row)) : default, columns + (x * Lanes), TX.Pixels * Lanes);
            }

            short* to = target + channel;
            for (int y = 0; y < TY.Pixels; y++, to += TX.Pixels * pointStride)
            {
                short* line = columns + (y * TX.Pixels * Lanes);
                TX.Spread(
                    Vector256.Load(line), Vector256.Load(line + Lanes), Vector256.Load(line + (2 * Lanes)), Vector256.Load(line + (3 * Lanes)),
                    TX.Pixels > 4 ? Vector256.Load(line + (4 * Lanes)) : default, TX.Pixels > 4 ? Vector256.Load(line + (5 * Lanes)) : default, to, pointStride);
            }
        }
    }

    /// <summary>Gathers the sums of a tile, or the largest of each two by two of them.</summary>
    /// <param name="products">The tile's sums at the first point.</param>
    /// <param name="pointStride">The numbers from one point to the next.</param>
    /// <param name="columns">The columns, whole vectors of eight.</param>
    /// <param name="pools">Whether the largest are wanted.</param>
    /// <param name="target">The first result.</param>
    /// <param name="row">The numbers from one row of results to the next.</param>
    /// <param name="pixel">The numbers from one result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(int* products, nint pointStride, nint columns, bool pools, int* target, nint row, nint pixel)
    {
        int* lines = stackalloc int[TiledFilters.Points * TiledFilters.Points * SumLanes];
        for (nint column = 0; column < columns; column += SumLanes, products += SumLanes, target += SumLanes)
        {
            for (int x = 0; x < TX.Pixels; x++)
            {
                TY.Gather(products + (x * pointStride), TX.Pixels * pointStride, out Vector256<int> r0, out Vector256<int> r1, out Vector256<int> r2, out Vector256<int> r3);
                int* line = lines + (x * SumLanes);
                r0.Store(line);
                r1.Store(line + (TX.Pixels * SumLanes));
                if (TY.Results > 2)
                {
                    r2.Store(line + (2 * TX.Pixels * SumLanes));
                    r3.Store(line + (3 * TX.Pixels * SumLanes));
                }
            }

            for (int y = 0; y < TY.Results; y += 2)
            {
                Row(lines + (y * TX.Pixels * SumLanes), out Vector256<int> a0, out Vector256<int> a1, out Vector256<int> a2, out Vector256<int> a3);
                Row(lines + ((y + 1) * TX.Pixels * SumLanes), out Vector256<int> b0, out Vector256<int> b1, out Vector256<int> b2, out Vector256<int> b3);
                if (pools)
                {
                    int* to = target + (y / 2 * row);
                    Vector256.Max(Vector256.Max(a0, a1), Vector256.Max(b0, b1)).Store(to);
                    if (TX.Results > 2)
                    {
                        Vector256.Max(Vector256.Max(a2, a3), Vector256.Max(b2, b3)).Store(to + pixel);
                    }
                }
                else
                {
                    Store(a0, a1, a2, a3, target + (y * row), pixel);
                    Store(b0, b1, b2, b3, target + ((y + 1) * row), pixel);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(byte* pixels) => Vector256.WidenLower(Vector128.Load(pixels).ToVector256Unsafe()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(int* line, out Vector256<int> r0, out Vector256<int> r1, out Vector256<int> r2, out Vector256<int> r3)
    {
        TX.Gather(line, SumLanes, out r0, out r1, out r2, out r3);
        (r0, r1) = (Divide(r0), Divide(r1));
        if (TX.Results > 2)
        {
            (r2, r3) = (Divide(r2), Divide(r3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Divide(Vector256<int> multiple) =>
        TY.OddFactor * TX.OddFactor == 1 ? multiple >> (TY.Shift + TX.Shift) : (multiple * InverseOfOdd) >> (TY.Shift + TX.Shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> r0, Vector256<int> r1, Vector256<int> r2, Vector256<int> r3, int* to, nint pixel)
    {
        r0.Store(to);
        r1.Store(to + pixel);
        if (TX.Results > 2)
        {
            r2.Store(to + (2 * pixel));
            r3.Store(to + (3 * pixel));
        }
    }
}
