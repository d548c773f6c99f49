// Eight counters at a time: each word stands in the lower half of a 64-bit lane, so that one multiplication gives both halves of
// a product. The words come out in the order of the counters, as the scalar generator would give them.
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
        // The counter of a block is the number of its first word.
        Vector512<ulong> counters = Vector512.Create(first) + Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28);
        ulong* target = (ulong*)words;
        for (int written = 0; written < count; written += Group)
        {
            (Vector512<ulong> ab, Vector512<ulong> cd) = Blocks(key, counters);
            Interleave(ab, cd, target);

            target += Group / 2;
            counters += Vector512.Create((ulong)Group);
        }
    }

    private static (Vector512<ulong> AB, Vector512<ulong> CD) Blocks(ulong key, Vector512<ulong> counters)
    {
        Vector512<ulong> low = Vector512.Create(0xFFFFFFFFUL);
        Vector512<ulong> multiplier0 = Vector512.Create((ulong)Philox.Multiplier0);
        Vector512<ulong> multiplier1 = Vector512.Create((ulong)Philox.Multiplier1);
        (Vector512<ulong> a, Vector512<ulong> b) = (counters & low, counters >>> 32);
        (Vector512<ulong> c, Vector512<ulong> d) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        (uint key0, uint key1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Philox.Rounds; round++)
        {
            Vector512<ulong> product0 = Multiply(multiplier0, a);
            Vector512<ulong> product1 = Multiply(multiplier1, c);
            (a, c) = ((product1 >>> 32) ^ b ^ Vector512.Create((ulong)key0), (product0 >>> 32) ^ d ^ Vector512.Create((ulong)key1));
            (b, d) = (product1 & low, product0 & low);
            key0 += Philox.Weyl0;
            key1 += Philox.Weyl1;
        }

        return (a | (b << 32), c | (d << 32));
    }

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

        for (int block = 0; block < Vector512<ulong>.Count; block++)
        {
            target[2 * block] = ((ulong*)&even)[block];
            target[(2 * block) + 1] = ((ulong*)&odd)[block];
        }
    }

    // The upper halves of the lanes are zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.IsSupported
        ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
        : Avx2.IsSupported
            ? Vector512.Create(
                Avx2.Multiply(left.GetLower().AsUInt32(), right.GetLower().AsUInt32()), Avx2.Multiply(left.GetUpper().AsUInt32(), right.GetUpper().AsUInt32()))
            : left * right;
}
