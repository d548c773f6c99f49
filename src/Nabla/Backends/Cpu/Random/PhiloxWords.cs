// Eight counters at a time, and with AVX-512 two times eight in turn since each round waits for the one before (elsewhere eight are two vectors
// already, and sixteen do not fit the registers): each word stands in the lower half of a
// 64-bit lane, so that one multiplication gives both halves of a product. The words come out in the order of the counters, as the scalar generator would give them.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Random;

/// <summary>Makes many random words at once.</summary>
internal static unsafe class PhiloxWords
{
    /// <summary>The words that are made at once.</summary>
    public const int Group = 32;

    /// <summary>Writes whole groups of words.</summary>
    /// <param name="key">The key.</param>
    /// <param name="first">The number of the first word, a multiple of four.</param>
    /// <param name="words">Room for the words.</param>
    /// <param name="count">How many, a multiple of <see cref="Group"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Write(ulong key, ulong first, uint* words, int count)
    {
        Vector512<ulong>* keys = stackalloc Vector512<ulong>[2 * Philox.Rounds];
        SetKeys(key, keys);

        // The counter of a block is the number of its first word.
        Vector512<ulong> counters = Vector512.Create(first) + Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28);
        Vector512<ulong> group = Vector512.Create((ulong)Group);
        ulong* target = (ulong*)words;
        int written = 0;
        for (; Vector512.IsHardwareAccelerated && written <= count - (2 * Group); written += 2 * Group, target += Group)
        {
            Vector512<ulong> a = counters, b = counters >>> 32, c = Vector512<ulong>.Zero, d = c;
            counters += group;
            Vector512<ulong> e = counters, f = counters >>> 32, g = c, h = c;
            counters += group;
            for (int round = 0; round < 2 * Philox.Rounds; round += 2)
            {
                Round(ref a, ref b, ref c, ref d, keys[round], keys[round + 1]);
                Round(ref e, ref f, ref g, ref h, keys[round], keys[round + 1]);
            }

            Interleave(Pairs(a, b), Pairs(c, d), target);
            Interleave(Pairs(e, f), Pairs(g, h), target + (Group / 2));
        }

        for (; written < count; written += Group, target += Group / 2)
        {
            Vector512<ulong> a = counters, b = counters >>> 32, c = Vector512<ulong>.Zero, d = c;
            counters += group;
            for (int round = 0; round < 2 * Philox.Rounds; round += 2)
            {
                Round(ref a, ref b, ref c, ref d, keys[round], keys[round + 1]);
            }

            Interleave(Pairs(a, b), Pairs(c, d), target);
        }
    }

    private static void SetKeys(ulong key, Vector512<ulong>* keys)
    {
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < 2 * Philox.Rounds; round += 2, key0 += Philox.Weyl0, key1 += Philox.Weyl1)
        {
            (keys[round], keys[round + 1]) = (Vector512.Create((ulong)key0), Vector512.Create((ulong)key1));
        }
    }

    // What stands in the upper halves of lanes does not count: products read the lower ones alone.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, Vector512<ulong> key0, Vector512<ulong> key1)
    {
        Vector512<ulong> product0 = Multiply(Vector512.Create((ulong)Philox.Multiplier0), a);
        Vector512<ulong> product1 = Multiply(Vector512.Create((ulong)Philox.Multiplier1), c);
        a = (product1 >>> 32) ^ b ^ key0;
        c = (product0 >>> 32) ^ d ^ key1;
        b = product1;
        d = product0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pairs(Vector512<ulong> low, Vector512<ulong> high) => (low & Vector512.Create(0xFFFFFFFFUL)) | (high << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector512<ulong> even, Vector512<ulong> odd, ulong* target)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> isEven = Vector512.Create(ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue, 0, ulong.MaxValue, 0);
            Vector512<ulong> lower = Vector512.Create(0UL, 0, 1, 1, 2, 2, 3, 3);
            Vector512<ulong> upper = Vector512.Create(4UL, 4, 5, 5, 6, 6, 7, 7);
            Vector512.ConditionalSelect(isEven, Vector512.Shuffle(even, lower), Vector512.Shuffle(odd, lower)).Store(target);
            Vector512.ConditionalSelect(isEven, Vector512.Shuffle(even, upper), Vector512.Shuffle(odd, upper)).Store(target + 8);
            return;
        }

        if (Avx2.IsSupported)
        {
            Interleave(even.GetLower(), odd.GetLower(), target);
            Interleave(even.GetUpper(), odd.GetUpper(), target + 8);
            return;
        }

        for (int block = 0; block < Vector512<ulong>.Count; block++)
        {
            target[2 * block] = ((ulong*)&even)[block];
            target[(2 * block) + 1] = ((ulong*)&odd)[block];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector256<ulong> even, Vector256<ulong> odd, ulong* target)
    {
        Vector256<ulong> lower = Avx2.UnpackLow(even, odd), upper = Avx2.UnpackHigh(even, odd);
        Avx2.Permute2x128(lower, upper, 0x20).Store(target);
        Avx2.Permute2x128(lower, upper, 0x31).Store(target + 4);
    }

    // Of the lower halves of the lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.IsSupported
        ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
        : Avx2.IsSupported
            ? Vector512.Create(
                Avx2.Multiply(left.GetLower().AsUInt32(), right.GetLower().AsUInt32()), Avx2.Multiply(left.GetUpper().AsUInt32(), right.GetUpper().AsUInt32()))
            : left * (right & Vector512.Create(0xFFFFFFFFUL));
}
