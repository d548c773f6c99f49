// Neighbouring strips of columns, each packed for itself as PanelPacking would, but with some strips copied at each step: the rows of a large matrix lie
// a page or more apart, where all of them fall into the same few sets of the caches, so a strip at a time would bring each line and each page in again.
// What lies together at a step falls into different sets, and the steps ahead that are asked for do not drive each other out.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Packs neighbouring strips of columns of a matrix whose columns are contiguous.</summary>
internal static unsafe class StripPacking
{
    /// <summary>The most strips that are packed together.</summary>
    public const int MostStrips = 4;

    private const int BytesTogether = 256;
    private const int StepsAhead = 6;
    private const int EqualStepsAhead = 10;
    private const int CacheLine = 64;
    private const int TileBytes = 24;

    /// <summary>How many strips of some bytes are worth packing together.</summary>
    public static int Together(int bytes) => Math.Clamp(BytesTogether / bytes, 1, MostStrips);

    /// <summary>
    /// For each strip s of columns from starts[s] to starts[s + 1]: target[starts[s] * steps + p * width + j] = source[p * stride + starts[s] + j]
    /// with width the columns of the strip.
    /// </summary>
    /// <param name="source">The first column of the first strip.</param>
    /// <param name="stride">Elements from step to step.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="starts">Where strips begin, counted from <paramref name="source"/>, and where the last one ends: at most <see cref="MostStrips"/> strips.</param>
    /// <param name="target">Room for all strips.</param>
    public static void Pack<T>(T* source, nint stride, int steps, ReadOnlySpan<int> starts, T* target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(starts.Length, MostStrips + 1);
        (int least, int most) = (int.MaxValue, 0);
        Strip* strips = stackalloc Strip[MostStrips];
        for (int strip = 0; strip < starts.Length - 1; strip++)
        {
            int bytes = (starts[strip + 1] - starts[strip]) * sizeof(T);
            (least, most) = (Math.Min(least, bytes), Math.Max(most, bytes));
            strips[strip] = new Strip((nint)starts[strip] * sizeof(T), bytes, (byte*)(target + ((nint)starts[strip] * steps)));
        }

        byte* from = (byte*)source;
        (nint step, int count, int all) = (stride * sizeof(T), starts.Length - 1, starts[^1] * sizeof(T));
        switch (most)
        {
            case CacheLine or TileBytes when least == most && !Vector512.IsHardwareAccelerated: CopyEqual(from, step, steps, strips[0].Target, most, all); break;
            case <= 32 when least >= 16: CopyEnds<Vector128<byte>>(from, step, steps, strips, count, all); break;
            case <= 64 when least >= 32: CopyEnds<Vector256<byte>>(from, step, steps, strips, count, all); break;
            case <= 128 when least >= 64: CopyEnds<Vector512<byte>>(from, step, steps, strips, count, all); break;
            default: CopyAny(from, step, steps, strips, count); break;
        }
    }

    /// <summary>Copies parts of one to two vectors as their first and their last vector, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyEnds<TVector>(byte* source, nint stride, int steps, Strip* strips, int count, int bytes)
        where TVector : unmanaged
    {
        for (int step = 0; step < steps; step++, source += stride)
        {
            byte* ahead = source + (StepsAhead * stride);
            for (int line = 0; line < bytes; line += CacheLine)
            {
                Prefetch.Near(ahead + line);
            }

            Prefetch.Near(ahead + bytes - 1);
            for (Strip* strip = strips; strip < strips + count; strip++)
            {
                byte* from = source + strip->Offset;
                byte* to = strip->Target;
                nint last = strip->Bytes - sizeof(TVector);
                TVector begin = Unsafe.ReadUnaligned<TVector>(from), end = Unsafe.ReadUnaligned<TVector>(from + last);
                Unsafe.WriteUnaligned(to, begin);
                Unsafe.WriteUnaligned(to + last, end);
                strip->Target = to + strip->Bytes;
            }
        }
    }

    /// <summary>Copies strips of a line each, or of the six rows of a tile each, once instead of as two vectors that coincide or overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyEqual(byte* source, nint stride, int steps, byte* target, int bytes, int all)
    {
        nint apart = (nint)steps * bytes;
        for (int step = 0; step < steps; step++, source += stride, target += bytes)
        {
            byte* ahead = source + (EqualStepsAhead * stride);
            for (int line = 0; line < all; line += CacheLine)
            {
                Prefetch.Near(ahead + line);
            }

            byte* to = target;
            for (int strip = 0; strip < all; strip += bytes, to += apart)
            {
                if (bytes == CacheLine)
                {
                    PanelPacking.CopyLine(source + strip, to);
                }
                else
                {
                    PanelPacking.CopyTile(source + strip, to);
                }
            }
        }
    }

    private static void CopyAny(byte* source, nint stride, int steps, Strip* strips, int count)
    {
        for (int step = 0; step < steps; step++, source += stride)
        {
            for (Strip* strip = strips; strip < strips + count; strip++)
            {
                Unsafe.CopyBlockUnaligned(strip->Target, source + strip->Offset, (uint)strip->Bytes);
                strip->Target += strip->Bytes;
            }
        }
    }

    /// <summary>Where the next step of a strip goes, and where it lies within a step.</summary>
    private struct Strip(nint offset, nint bytes, byte* target)
    {
        public readonly nint Offset = offset;
        public readonly nint Bytes = bytes;
        public byte* Target = target;
    }
}
