// Each channel convolved alone, channels as lanes: a byte times a weight fits 16 bits, the sums are int32. Memory, not arithmetic, is the limit.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>The sums of a convolution of each channel alone.</summary>
internal static unsafe class ByteChannels
{
    private const int Lanes = 32;

    /// <summary>Sums some rows of results.</summary>
    /// <param name="work">The convolution.</param>
    /// <param name="source">Where the windows of the first row begin.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row behind the last.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="stride">The sums from one pixel to the next.</param>
    public static void Sum(in QuantizedWork work, byte* source, int first, int end, int* sums, int stride)
    {
        for (int row = 0; row < end - first; row++)
        {
            for (int x = 0; x < work.Width; x++, sums += stride)
            {
                byte* corner = source + (row * work.StrideY * work.Frame.RowStride) + ((nint)x * work.StrideX * work.Frame.Channels);
                SumPixel(work.Offsets, work.Layout.Segments, corner, (short*)work.Packed, work.Frame.Channels, sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SumPixel(nint* offsets, int taps, byte* corner, short* weights, int channels, int* sums)
    {
        int channel = 0;
        for (; channel <= channels - Lanes; channel += Lanes)
        {
            (Vector256<int> s0, Vector256<int> s1, Vector256<int> s2, Vector256<int> s3) = (default, default, default, default);
            for (int tap = 0; tap < taps; tap++)
            {
                (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Load(corner + offsets[tap] + channel));
                short* factors = weights + ((nint)tap * channels) + channel;
                (Vector256<int> first, Vector256<int> second) = Vector256.Widen(low.AsInt16() * Vector256.Load(factors));
                (Vector256<int> third, Vector256<int> fourth) = Vector256.Widen(high.AsInt16() * Vector256.Load(factors + (Lanes / 2)));
                (s0, s1, s2, s3) = (s0 + first, s1 + second, s2 + third, s3 + fourth);
            }

            s0.Store(sums + channel);
            s1.Store(sums + channel + (Lanes / 4));
            s2.Store(sums + channel + (Lanes / 2));
            s3.Store(sums + channel + (3 * Lanes / 4));
        }

        for (; channel < channels; channel++)
        {
            int sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                sum += corner[offsets[tap] + channel] * weights[((nint)tap * channels) + channel];
            }

            sums[channel] = sum;
        }
    }

    /// <summary>Widens weights <c>[taps, channels]</c>, and sums those of each channel.</summary>
    public static void Pack(sbyte* weights, int taps, int channels, short* packed, int* sums)
    {
        new Span<int>(sums, channels).Clear();
        for (int index = 0; index < taps * channels; index++)
        {
            packed[index] = weights[index];
            sums[index % channels] += weights[index];
        }
    }
}
