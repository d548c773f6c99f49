// Copies columns of a matrix next to each other, step by step, so that a tile reads them from front to back. Columns that are
// contiguous are copied row by row; columns that are far apart (a transposed matrix) are turned in 4 x 4 blocks of registers.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Packs panels of a matrix.</summary>
internal static unsafe class PanelPacking
{
    private const int StepsAhead = 12;
    private const int CacheLine = 64;
    private const int TileBytes = 24;
    private const int LinesAhead = 24;
    private const int CachedBytes = 512 << 10;

    /// <summary>
    /// target[p * width + j] = source[p * stepStride + j * columnStride] for j below <paramref name="columns"/>; zeros up to
    /// <paramref name="width"/>.
    /// </summary>
    public static void Pack<T>(T* source, nint stepStride, nint columnStride, int steps, int columns, T* target, int width)
        where T : unmanaged
    {
        if (columnStride == 1)
        {
            CopyRows(source, stepStride, steps, columns, target, width);
            return;
        }

        int turned = stepStride == 1 && sizeof(T) == sizeof(float) && Sse.IsSupported
            ? TurnColumns((float*)source, columnStride, steps, columns, (float*)target, width)
            : 0;
        for (int column = turned; column < columns; column++)
        {
            T* from = source + (column * columnStride);
            T* to = target + column;
            for (int step = 0; step < steps; step++, from += stepStride, to += width)
            {
                *to = *from;
            }
        }

        ClearRest(target, steps, columns, width);
    }

    private static void CopyRows<T>(T* source, nint stepStride, int steps, int columns, T* target, int width)
        where T : unmanaged
    {
        int bytes = columns * sizeof(T);
        (nint sourceStride, nint targetStride) = (stepStride * sizeof(T), (nint)width * sizeof(T));
        switch (bytes)
        {
            case TileBytes when !Vector512.IsHardwareAccelerated: CopyTiles((byte*)source, sourceStride, steps, (byte*)target, targetStride); break;
            case CacheLine when !Vector512.IsHardwareAccelerated: CopyLines((byte*)source, sourceStride, steps, (byte*)target, targetStride); break;
            case >= 64 and <= 128: CopyEnds<Vector512<byte>>((byte*)source, sourceStride, steps, bytes, (byte*)target, targetStride); break;
            case >= 32 and < 64: CopyEnds<Vector256<byte>>((byte*)source, sourceStride, steps, bytes, (byte*)target, targetStride); break;
            case >= 16 and < 32: CopyEnds<Vector128<byte>>((byte*)source, sourceStride, steps, bytes, (byte*)target, targetStride); break;
            default: CopyAny((byte*)source, sourceStride, steps, bytes, (byte*)target, targetStride); break;
        }

        ClearRest(target, steps, columns, width);
    }

    /// <summary>
    /// Copies rows of a line. Where they come from the second-level cache nothing is asked for: processors that have no wider vectors see the stride by
    /// themselves, and copied three to five times faster without.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyLines(byte* source, nint sourceStride, int steps, byte* target, nint targetStride)
    {
        bool asks = steps * sourceStride > CachedBytes;
        for (int step = 0; step < steps; step++, source += sourceStride, target += targetStride)
        {
            if (asks)
            {
                Prefetch.Near(source + (LinesAhead * sourceStride));
            }

            CopyLine(source, target);
        }
    }

    /// <summary>Copies the six rows of a tile, which reads from the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyTiles(byte* source, nint sourceStride, int steps, byte* target, nint targetStride)
    {
        for (int step = 0; step < steps; step++, source += sourceStride, target += targetStride)
        {
            CopyTile(source, target);
        }
    }

    /// <summary>Copies 64 bytes in vectors of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyLine(byte* source, byte* target)
    {
        Vector256<byte> begin = Vector256.Load(source), end = Vector256.Load(source + 32);
        begin.Store(target);
        end.Store(target + 32);
    }

    /// <summary>Copies six floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyTile(byte* source, byte* target)
    {
        Vector128<byte> begin = Vector128.Load(source);
        long end = Unsafe.ReadUnaligned<long>(source + 16);
        begin.Store(target);
        Unsafe.WriteUnaligned(target + 16, end);
    }

    /// <summary>Copies rows of one to two vectors as their first and their last vector, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyEnds<TVector>(byte* source, nint sourceStride, int steps, int bytes, byte* target, nint targetStride)
        where TVector : unmanaged
    {
        nint last = bytes - sizeof(TVector);
        for (int step = 0; step < steps; step++, source += sourceStride, target += targetStride)
        {
            Prefetch.Near(source + (StepsAhead * sourceStride));
            Prefetch.Near(source + (StepsAhead * sourceStride) + last);
            TVector begin = Unsafe.ReadUnaligned<TVector>(source), end = Unsafe.ReadUnaligned<TVector>(source + last);
            Unsafe.WriteUnaligned(target, begin);
            Unsafe.WriteUnaligned(target + last, end);
        }
    }

    private static void CopyAny(byte* source, nint sourceStride, int steps, int bytes, byte* target, nint targetStride)
    {
        for (int step = 0; step < steps; step++)
        {
            Unsafe.CopyBlockUnaligned(target + (step * targetStride), source + (step * sourceStride), (uint)bytes);
        }
    }

    private static void ClearRest<T>(T* target, int steps, int columns, int width)
        where T : unmanaged
    {
        for (int step = 0; columns < width && step < steps; step++)
        {
            new Span<T>(target + ((nint)step * width) + columns, width - columns).Clear();
        }
    }

    /// <summary>Turns columns in groups; returns how many are done.</summary>
    private static int TurnColumns(float* source, nint stride, int steps, int columns, float* target, nint width)
    {
        int column = 0;
        for (; Avx.IsSupported && column <= columns - 8; column += 8)
        {
            TurnEight(source + (column * stride), stride, steps, target + column, width);
        }

        for (; column <= columns - 4; column += 4)
        {
            TurnFour(source + (column * stride), stride, steps, target + column, width);
        }

        return column;
    }

    /// <summary>As <see cref="TurnFour"/> with two groups of columns in the halves of wider vectors, which loads put there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnEight(float* source, nint stride, int steps, float* target, nint width)
    {
        float* upper = source + (4 * stride);
        int step = 0;
        for (; step <= steps - 4; step += 4, source += 4, upper += 4, target += 4 * width)
        {
            Vector256<float> a = Halves(source, upper), b = Halves(source + stride, upper + stride);
            Vector256<float> c = Halves(source + (2 * stride), upper + (2 * stride)), d = Halves(source + (3 * stride), upper + (3 * stride));
            Vector256<double> ab = Avx.UnpackLow(a, b).AsDouble(), cd = Avx.UnpackLow(c, d).AsDouble();
            Vector256<double> abHigh = Avx.UnpackHigh(a, b).AsDouble(), cdHigh = Avx.UnpackHigh(c, d).AsDouble();
            Avx.UnpackLow(ab, cd).AsSingle().Store(target);
            Avx.UnpackHigh(ab, cd).AsSingle().Store(target + width);
            Avx.UnpackLow(abHigh, cdHigh).AsSingle().Store(target + (2 * width));
            Avx.UnpackHigh(abHigh, cdHigh).AsSingle().Store(target + (3 * width));
        }

        for (; step < steps; step++, source++, target += width)
        {
            for (int column = 0; column < 8; column++)
            {
                target[column] = source[column * stride];
            }
        }
    }

    private static Vector256<float> Halves(float* lower, float* upper) => Vector256.Create(Vector128.Load(lower), Vector128.Load(upper));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnFour(float* source, nint stride, int steps, float* target, nint width)
    {
        int step = 0;
        for (; step <= steps - 4; step += 4, source += 4, target += 4 * width)
        {
            Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + stride);
            Vector128<float> c = Vector128.Load(source + (2 * stride)), d = Vector128.Load(source + (3 * stride));
            Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
            Vector128<float> abHigh = Sse.UnpackHigh(a, b), cdHigh = Sse.UnpackHigh(c, d);
            Sse.MoveLowToHigh(ab, cd).Store(target);
            Sse.MoveHighToLow(cd, ab).Store(target + width);
            Sse.MoveLowToHigh(abHigh, cdHigh).Store(target + (2 * width));
            Sse.MoveHighToLow(cdHigh, abHigh).Store(target + (3 * width));
        }

        for (; step < steps; step++, source++, target += width)
        {
            (target[0], target[1], target[2], target[3]) = (source[0], source[stride], source[2 * stride], source[3 * stride]);
        }
    }
}
