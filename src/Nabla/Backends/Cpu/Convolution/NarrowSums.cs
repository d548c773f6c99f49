using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>The inner loop of sums of patches, for AVX-512.</summary>
internal static unsafe class NarrowSums
{
    /// <summary>The weights of 16 outputs that are summed at once.</summary>
    public const int Width = 9;

    private const int Lanes = 16;

    /// <summary>target[weight, output] += patch[tap offset of the output + weight offset] * cotangent[output], patch after patch.</summary>
    /// <param name="patches">Patches of 32 elements.</param>
    /// <param name="count">How many.</param>
    /// <param name="cotangents">Those of 16 outputs.</param>
    /// <param name="taps">Their taps.</param>
    /// <param name="stride">The outputs from one patch to the next, and from one weight to the next.</param>
    /// <param name="tapOffsets">Where in the patch each of 16 taps begins.</param>
    /// <param name="weightOffsets">Where after it each weight's element lies.</param>
    /// <param name="weights">The weights, at most <see cref="Width"/>.</param>
    /// <param name="target">The sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        float* patches, int count, float* cotangents, byte* taps, nint stride, int* tapOffsets, int* weightOffsets, int weights, float* target)
    {
        Vector512<int> table = Vector512.Load(tapOffsets);
        Vector512<int> o0 = Vector512.Create(weightOffsets[0]);
        Vector512<int> o1 = Vector512.Create(weights > 1 ? weightOffsets[1] : 0);
        Vector512<int> o2 = Vector512.Create(weights > 2 ? weightOffsets[2] : 0);
        Vector512<int> o3 = Vector512.Create(weights > 3 ? weightOffsets[3] : 0);
        Vector512<int> o4 = Vector512.Create(weights > 4 ? weightOffsets[4] : 0);
        Vector512<int> o5 = Vector512.Create(weights > 5 ? weightOffsets[5] : 0);
        Vector512<int> o6 = Vector512.Create(weights > 6 ? weightOffsets[6] : 0);
        Vector512<int> o7 = Vector512.Create(weights > 7 ? weightOffsets[7] : 0);
        Vector512<int> o8 = Vector512.Create(weights > 8 ? weightOffsets[8] : 0);
        Vector512<float> s0 = Vector512.Load(target);
        Vector512<float> s1 = weights > 1 ? Vector512.Load(target + (1 * stride)) : default;
        Vector512<float> s2 = weights > 2 ? Vector512.Load(target + (2 * stride)) : default;
        Vector512<float> s3 = weights > 3 ? Vector512.Load(target + (3 * stride)) : default;
        Vector512<float> s4 = weights > 4 ? Vector512.Load(target + (4 * stride)) : default;
        Vector512<float> s5 = weights > 5 ? Vector512.Load(target + (5 * stride)) : default;
        Vector512<float> s6 = weights > 6 ? Vector512.Load(target + (6 * stride)) : default;
        Vector512<float> s7 = weights > 7 ? Vector512.Load(target + (7 * stride)) : default;
        Vector512<float> s8 = weights > 8 ? Vector512.Load(target + (8 * stride)) : default;
        for (int index = 0; index < count; index++, patches += NarrowPatch.Size, cotangents += stride, taps += stride)
        {
            Vector512<float> low = Vector512.Load(patches), high = Vector512.Load(patches + Lanes), x = Vector512.Load(cotangents);
            Vector512<int> at = Avx512F.PermuteVar16x32(table, Avx512F.ConvertToVector512Int32(Vector128.Load(taps)));
            s0 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o0, high), s0);
            s1 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o1, high), s1);
            s2 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o2, high), s2);
            s3 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o3, high), s3);
            s4 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o4, high), s4);
            s5 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o5, high), s5);
            s6 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o6, high), s6);
            s7 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o7, high), s7);
            s8 = Vector512.FusedMultiplyAdd(x, Avx512F.PermuteVar16x32x2(low, at + o8, high), s8);
        }

        s0.Store(target);
        if (weights > 1) { s1.Store(target + (1 * stride)); }
        if (weights > 2) { s2.Store(target + (2 * stride)); }
        if (weights > 3) { s3.Store(target + (3 * stride)); }
        if (weights > 4) { s4.Store(target + (4 * stride)); }
        if (weights > 5) { s5.Store(target + (5 * stride)); }
        if (weights > 6) { s6.Store(target + (6 * stride)); }
        if (weights > 7) { s7.Store(target + (7 * stride)); }
        if (weights > 8) { s8.Store(target + (8 * stride)); }
    }
}
