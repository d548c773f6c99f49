// One axis of Winograd's algorithm in integers (Lavin and Gray, arXiv 1509.09308). A filter of three taps is read as a polynomial and evaluated at
// 0, 1, -1, 2, -2 and infinity, pixels are spread to the same points, and what the points' products become is the sum times 24: with the fractions
// of the usual filters multiplied out all steps are integers. Tiles of two take the points 0, 1, -1 and infinity of the same filters, and give the sum
// times 2. Both directions together give 24 * 24, 24 * 2 or 2 * 2 times the sum. Bytes spread both ways stay below 100 * 255 = 25,500, and filters
// below 49 * 255: 16 bits hold them.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>The transforms of tiles along an axis.</summary>
internal unsafe interface ITileAxis
{
    /// <summary>The results of a tile: 4 or 2.</summary>
    static abstract int Results { get; }

    /// <summary>The pixels that they read, and the points: 6 or 4.</summary>
    static abstract int Pixels { get; }

    /// <summary>The odd factor of the sums: 3 or 1.</summary>
    static abstract int OddFactor { get; }

    /// <summary>The bits by which the sums are shifted on top.</summary>
    static abstract int Shift { get; }

    /// <summary>Which of the filter's six points the tile's points are.</summary>
    static abstract int PointOf(int point);

    /// <summary>The points of neighbouring pixels; what is behind <see cref="Pixels"/> is neither read nor written.</summary>
    static abstract void Spread(Vector256<short> d0, Vector256<short> d1, Vector256<short> d2, Vector256<short> d3, Vector256<short> d4, Vector256<short> d5, short* to, nint stride);

    /// <summary>The results of points.</summary>
    static abstract void Gather(int* from, nint stride, out Vector256<int> r0, out Vector256<int> r1, out Vector256<int> r2, out Vector256<int> r3);
}

/// <summary>Four results of six pixels.</summary>
internal readonly unsafe struct TileOfFour : ITileAxis
{
    public static int Results => 4;

    public static int Pixels => 6;

    public static int OddFactor => 3;

    public static int Shift => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PointOf(int point) => point;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(Vector256<short> d0, Vector256<short> d1, Vector256<short> d2, Vector256<short> d3, Vector256<short> d4, Vector256<short> d5, short* to, nint stride)
    {
        Vector256<short> even = (d2 << 2) - d4, odd = (d1 << 2) - d3;
        Vector256<short> outer = d4 - d2, inner = (d3 - d1) << 1;
        ((d0 << 2) - d2 - even).Store(to);
        (even + odd).Store(to + stride);
        (even - odd).Store(to + (2 * stride));
        (outer + inner).Store(to + (3 * stride));
        (outer - inner).Store(to + (4 * stride));
        (odd - (d3 << 2) + d5).Store(to + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(int* from, nint stride, out Vector256<int> r0, out Vector256<int> r1, out Vector256<int> r2, out Vector256<int> r3)
    {
        Vector256<int> m1 = Vector256.Load(from + stride), m2 = Vector256.Load(from + (2 * stride));
        Vector256<int> m3 = Vector256.Load(from + (3 * stride)), m4 = Vector256.Load(from + (4 * stride));
        Vector256<int> near = (m1 + m2) << 2, nearOdd = (m1 - m2) << 2;
        Vector256<int> far = m3 + m4, farOdd = (m3 - m4) << 1;
        Vector256<int> zero = Vector256.Load(from) << 1, infinity = Vector256.Load(from + (5 * stride)) << 3;
        r0 = zero + (zero << 1) + near + far;
        r1 = nearOdd + farOdd;
        r2 = near + (far << 2);
        r3 = nearOdd + (farOdd << 2) + infinity + (infinity << 1);
    }
}

/// <summary>Two results of four pixels.</summary>
internal readonly unsafe struct TileOfTwo : ITileAxis
{
    private const int Infinity = 5;

    public static int Results => 2;

    public static int Pixels => 4;

    public static int OddFactor => 1;

    public static int Shift => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PointOf(int point) => point < 3 ? point : Infinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(Vector256<short> d0, Vector256<short> d1, Vector256<short> d2, Vector256<short> d3, Vector256<short> d4, Vector256<short> d5, short* to, nint stride)
    {
        (d0 - d2).Store(to);
        (d1 + d2).Store(to + stride);
        (d2 - d1).Store(to + (2 * stride));
        (d3 - d1).Store(to + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(int* from, nint stride, out Vector256<int> r0, out Vector256<int> r1, out Vector256<int> r2, out Vector256<int> r3)
    {
        Vector256<int> m1 = Vector256.Load(from + stride), m2 = Vector256.Load(from + (2 * stride));
        r0 = (Vector256.Load(from) << 1) + m1 + m2;
        r1 = m1 - m2 + (Vector256.Load(from + (3 * stride)) << 1);
        (r2, r3) = (default, default);
    }
}
