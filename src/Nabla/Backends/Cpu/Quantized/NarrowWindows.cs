// Convolutions of few channels, where quads would be padding to a third and more. Bytes and weights are small enough that float32 holds all their sums
// exactly, so they are multiplied as floats, and the sums are those of the integers on any machine. Four pixels by two vectors of outputs stay in
// registers; a step is one element of the window, found by a table of offsets. Four that are pooled leave their largest sums alone.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>The sums of windows of few channels.</summary>
internal static unsafe class NarrowWindows
{
    /// <summary>The outputs of a tile.</summary>
    public const int Width = 16;

    private const int Lanes = 8;
    private const int TileRows = 4;

    /// <summary>Writes bytes as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(byte* bytes, nint count, float* floats)
    {
        nint index = 0;
        for (; index <= count - Lanes; index += Lanes)
        {
            Vector256<byte> lower = Vector128.CreateScalarUnsafe(*(ulong*)(bytes + index)).AsByte().ToVector256Unsafe();
            Vector256.ConvertToSingle(Vector256.WidenLower(Vector256.WidenLower(lower)).AsInt32()).Store(floats + index);
        }

        for (; index < count; index++)
        {
            floats[index] = bytes[index];
        }
    }

    /// <summary>Sums the windows of a row of pixels.</summary>
    /// <param name="left">The first window's corner.</param>
    /// <param name="pixel">The elements from one pixel's window to the next.</param>
    /// <param name="pixels">The pixels.</param>
    /// <param name="offsets">Where each element of a window stands, counted from its corner.</param>
    /// <param name="steps">The elements of a window.</param>
    /// <param name="weights">The weights <c>[steps, outputs]</c>.</param>
    /// <param name="outputs">The outputs, whole tiles.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="stride">The sums from one pixel to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sum(float* left, nint pixel, int pixels, nint* offsets, int steps, float* weights, int outputs, int* sums, nint stride)
    {
        int tiles = (pixels + TileRows - 1) / TileRows;
        for (int part = 0; part < tiles; part++)
        {
            int x = ProductGrid.Cut(pixels, tiles, part);
            int rows = ProductGrid.Cut(pixels, tiles, part + 1) - x;
            for (int output = 0; output < outputs; output += Width)
            {
                float* corner = left + (x * pixel);
                int* target = sums + (x * stride) + output;
                switch (rows)
                {
                    case 1: Tile<Count1>(corner, pixel, 2 * pixel, offsets, steps, weights + output, outputs, target, stride); break;
                    case 2: Tile<Count2>(corner, pixel, 2 * pixel, offsets, steps, weights + output, outputs, target, stride); break;
                    case 3: Tile<Count3>(corner, pixel, 2 * pixel, offsets, steps, weights + output, outputs, target, stride); break;
                    case 4: Tile<Count4>(corner, pixel, 2 * pixel, offsets, steps, weights + output, outputs, target, stride); break;
                }
            }
        }
    }

    /// <summary>Sums the windows of two rows of pixels, and keeps the largest of each two by two.</summary>
    /// <param name="left">The first window's corner.</param>
    /// <param name="row">The elements from one row's windows to the next.</param>
    /// <param name="pixel">The elements from one pixel's window to the next.</param>
    /// <param name="pixels">The pixels that are left of a row.</param>
    /// <param name="offsets">Where each element of a window stands, counted from its corner.</param>
    /// <param name="steps">The elements of a window.</param>
    /// <param name="weights">The weights <c>[steps, outputs]</c>.</param>
    /// <param name="outputs">The outputs, whole tiles.</param>
    /// <param name="sums">The largest sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumPooled(float* left, nint row, nint pixel, int pixels, nint* offsets, int steps, float* weights, int outputs, int* sums)
    {
        for (int x = 0; x < pixels; x++, left += 2 * pixel, sums += outputs)
        {
            for (int output = 0; output < outputs; output += Width)
            {
                Tile<Count4>(left, pixel, row, offsets, steps, weights + output, outputs, sums + output, stride: 0);
            }
        }
    }

    /// <summary>Packs weights <c>[steps, outputs]</c> with their zero points taken off, and sums those of each output.</summary>
    public static void Pack<TByte>(TByte* weights, TByte* zeroPoints, int zeroPointStep, int steps, int outputs, float* packed, int* sums)
        where TByte : unmanaged
    {
        new Span<int>(sums, outputs).Clear();
        for (int index = 0; index < steps * outputs; index++)
        {
            int output = index % outputs;
            int weight = ByteLanes.Load(weights + index) - ByteLanes.Load(zeroPoints + ((nint)output * zeroPointStep));
            packed[index] = weight;
            sums[output] += weight;
        }
    }

    // Without a stride of sums the largest are kept.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<TRows>(float* left, nint pixel, nint pair, nint* offsets, int steps, float* weights, nint outputs, int* target, nint stride)
        where TRows : struct, ITileCount
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        float* second = left + pixel;
        float* third = left + pair;
        float* fourth = third + pixel;
        for (int step = 0; step < steps; step++, weights += outputs)
        {
            nint at = offsets[step];
            Vector256<float> w0 = Vector256.Load(weights), w1 = Vector256.Load(weights + Lanes);
            if (TRows.Count > 0) { Vector256<float> x = Vector256.Create(left[at]); s00 = Vector256.MultiplyAddEstimate(x, w0, s00); s01 = Vector256.MultiplyAddEstimate(x, w1, s01); }
            if (TRows.Count > 1) { Vector256<float> x = Vector256.Create(second[at]); s10 = Vector256.MultiplyAddEstimate(x, w0, s10); s11 = Vector256.MultiplyAddEstimate(x, w1, s11); }
            if (TRows.Count > 2) { Vector256<float> x = Vector256.Create(third[at]); s20 = Vector256.MultiplyAddEstimate(x, w0, s20); s21 = Vector256.MultiplyAddEstimate(x, w1, s21); }
            if (TRows.Count > 3) { Vector256<float> x = Vector256.Create(fourth[at]); s30 = Vector256.MultiplyAddEstimate(x, w0, s30); s31 = Vector256.MultiplyAddEstimate(x, w1, s31); }
        }

        if (TRows.Count == TileRows && stride == 0)
        {
            Store(target, Largest(s00, s10, s20, s30), Largest(s01, s11, s21, s31));
            return;
        }

        if (TRows.Count > 0) { Store(target, s00, s01); }
        if (TRows.Count > 1) { Store(target + stride, s10, s11); }
        if (TRows.Count > 2) { Store(target + (2 * stride), s20, s21); }
        if (TRows.Count > 3) { Store(target + (3 * stride), s30, s31); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Largest(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        Vector256.MaxNative(Vector256.MaxNative(a, b), Vector256.MaxNative(c, d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* target, Vector256<float> first, Vector256<float> second)
    {
        Vector256.ConvertToInt32Native(first).Store(target);
        Vector256.ConvertToInt32Native(second).Store(target + Lanes);
    }
}
