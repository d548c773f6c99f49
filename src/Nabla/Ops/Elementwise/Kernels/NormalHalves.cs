// The normal distribution of float32 as ErrorFunction has it, with the same operations in the same order, so with the same bits, for vectors of 32 bytes: where they
// are the widest, its long chain as operations on two halves at once runs out of registers and of what the compiler expands in a loop.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>The normal distribution of float32 for vectors of 32 bytes, and its coefficients for all.</summary>
internal static class NormalHalves
{
    /// <summary>Where the tail of the normal distribution vanishes in float32.</summary>
    public const float Farthest = 14.85f;

    // The tail of the normal distribution of float32, from the highest degree on.
    public const float Tail9 = 0.000109285892271662421f;
    public const float Tail8 = 0.000419375081539406834f;
    public const float Tail7 = -0.000495029240168335652f;
    public const float Tail6 = -0.0031735708176550523f;
    public const float Tail5 = 0.00649355329512243951f;
    public const float Tail4 = 0.0174059904573595839f;
    public const float Tail3 = -0.116053135839969984f;
    public const float Tail2 = 0.31542507822538568f;
    public const float Tail1 = -0.565561740962888138f;
    public const float Tail0 = 0.744416073762273589f;
    public const float Centre = 3.5f;
    public const float Log2E = 1.44269504f;
    public const float LogOf2High = -0.693145751953125f;
    public const float LogOf2Low = -1.42860682e-6f;
    public const float Density = 0.398942280f;

    /// <summary>Whether the machine computes with such vectors, and with no wider ones.</summary>
    public static bool AreWidest => Vector256.IsHardwareAccelerated && Fma.IsSupported && !Vector512.IsHardwareAccelerated;

    /// <summary>The probability that a normal number is below x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Vector256<float> Normal(Vector256<float> x)
    {
        (Vector256<float> decay, Vector256<float> share) = Tail(Vector256.MinNative(Vector256.Create(Farthest), Vector256.Abs(x)));
        Vector256<float> tail = decay * share;
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), tail, Vector256<float>.One - tail);
    }

    /// <summary>That probability plus x times its density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static Vector256<float> NormalAndDensity(Vector256<float> x)
    {
        Vector256<float> magnitude = Vector256.MinNative(Vector256.Create(Farthest), Vector256.Abs(x));
        (Vector256<float> decay, Vector256<float> share) = Tail(magnitude);
        Vector256<float> below = decay * Vector256.FusedMultiplyAdd(magnitude, Vector256.Create(-Density), share);
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), below, Vector256<float>.One - below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector256<float> Decay, Vector256<float> Share) Tail(Vector256<float> x)
    {
        Vector256<float> inverse = Vector256<float>.One / (x + Vector256.Create(Centre));
        Vector256<float> t = Vector256.FusedMultiplyAdd(inverse, Vector256.Create(-2 * Centre), Vector256<float>.One);
        Vector256<float> sum = Vector256.FusedMultiplyAdd(Vector256.Create(Tail9), t, Vector256.Create(Tail8));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail7));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail6));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail5));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail4));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail3));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail2));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail1));
        sum = Vector256.FusedMultiplyAdd(sum, t, Vector256.Create(Tail0));

        Vector256<float> half = x * -0.5f;
        Vector256<float> n = Nearest(half * x * Log2E);
        Vector256<float> r = Vector256.FusedMultiplyAdd(half, x, n * LogOf2High);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(LogOf2Low), r);
        Vector256<float> part = Vector256.FusedMultiplyAdd(Vector256.Create(Exponential.Single4), r, Vector256.Create(Exponential.Single3));
        part = Vector256.FusedMultiplyAdd(part, r, Vector256.Create(Exponential.Single2));
        part = Vector256.FusedMultiplyAdd(part, r, Vector256.Create(Exponential.Single1));
        part = Vector256.FusedMultiplyAdd(part, r, Vector256.Create(Exponential.Single0));
        Vector256<float> power = Vector256.FusedMultiplyAdd(r * r, part, r) + Vector256<float>.One;
        Vector256<float> first = Nearest(n * 0.5f);
        return (power * PowerOfTwo(first) * PowerOfTwo(n - first), sum * inverse);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Nearest(Vector256<float> x) => x + Shift - Shift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<float> exponent) => (((exponent + Shift).AsInt32() << 23) + Vector256<float>.One.AsInt32()).AsSingle();

    // Adding it brings an integer's bits to the lower end of the fraction.
    private static Vector256<float> Shift => Vector256.Create((float)(3 << 22));
}
