// The normal distribution of float32 as ErrorFunction has it, with the same operations in the same order, so with the same bits, for vectors of 32 bytes: where they
// are the widest, its long chain as operations on two halves at once runs out of registers and of what the compiler expands in a loop. Two chains are written side
// by side, since each waits for its own results most of the time; those of the exponential fill the gaps of the polynomial.
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

    /// <summary>What the decay is multiplied by and the share divided, so that the decay is a normal number.</summary>
    public const float Lift = 18446744073709551616f;

    /// <summary>Adding it brings the bits of an integer plus 64, the exponent of <see cref="Lift"/>, to the lower end of the fraction.</summary>
    public const float LiftedShift = (3 << 22) + 64;
    public const float Density = 0.398942280f;

    /// <summary>Whether the machine computes with such vectors, and with no wider ones.</summary>
    public static bool AreWidest => Vector256.IsHardwareAccelerated && Fma.IsSupported && !Vector512.IsHardwareAccelerated;

    /// <summary>The probability that a normal number is below x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Normal(Vector512<float> x)
    {
        (Vector256<float> a, Vector256<float> b) = (x.GetLower(), x.GetUpper());
        (Vector256<float> decayA, Vector256<float> shareA, Vector256<float> decayB, Vector256<float> shareB) = Tails(Magnitude(a), Magnitude(b));
        return Vector512.Create(Below(a, decayA * shareA), Below(b, decayB * shareB));
    }

    /// <summary>That probability plus x times its density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalAndDensity(Vector512<float> x)
    {
        (Vector256<float> a, Vector256<float> b) = (x.GetLower(), x.GetUpper());
        (Vector256<float> magnitudeA, Vector256<float> magnitudeB) = (Magnitude(a), Magnitude(b));
        (Vector256<float> decayA, Vector256<float> shareA, Vector256<float> decayB, Vector256<float> shareB) = Tails(magnitudeA, magnitudeB);
        Vector256<float> density = Vector256.Create(-Density / Lift);
        return Vector512.Create(
            Below(a, decayA * Vector256.FusedMultiplyAdd(magnitudeA, density, shareA)), Below(b, decayB * Vector256.FusedMultiplyAdd(magnitudeB, density, shareB)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Magnitude(Vector256<float> x) => Vector256.MinNative(Vector256.Create(Farthest), Vector256.Abs(x));

    /// <summary>What is below x, given what is below -|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Below(Vector256<float> x, Vector256<float> tail) =>
        Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), tail, Vector256<float>.One - tail);

    /// <summary>The decays and shares of <see cref="ErrorFunction.Tail"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> DecayA, Vector256<float> ShareA, Vector256<float> DecayB, Vector256<float> ShareB) Tails(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> one = Vector256<float>.One;
        Vector256<float> inverseA = Vector256.Create(1 / Lift) / (a + Vector256.Create(Centre));
        Vector256<float> inverseB = Vector256.Create(1 / Lift) / (b + Vector256.Create(Centre));
        Vector256<float> halfA = a * -0.5f;
        Vector256<float> halfB = b * -0.5f;
        Vector256<float> shift = Vector256.Create(LiftedShift);
        Vector256<float> shiftedA = (halfA * a * Log2E) + shift;
        Vector256<float> shiftedB = (halfB * b * Log2E) + shift;
        Vector256<float> nA = shiftedA - shift;
        Vector256<float> nB = shiftedB - shift;
        Vector256<float> rA = Vector256.FusedMultiplyAdd(halfA, a, nA * LogOf2High);
        Vector256<float> rB = Vector256.FusedMultiplyAdd(halfB, b, nB * LogOf2High);
        rA = Vector256.FusedMultiplyAdd(nA, Vector256.Create(LogOf2Low), rA);
        rB = Vector256.FusedMultiplyAdd(nB, Vector256.Create(LogOf2Low), rB);
        Vector256<float> tA = Vector256.FusedMultiplyAdd(inverseA, Vector256.Create(-2 * Centre * Lift), one);
        Vector256<float> tB = Vector256.FusedMultiplyAdd(inverseB, Vector256.Create(-2 * Centre * Lift), one);
        Vector256<float> sumA = Vector256.FusedMultiplyAdd(Vector256.Create(Tail9), tA, Vector256.Create(Tail8));
        Vector256<float> sumB = Vector256.FusedMultiplyAdd(Vector256.Create(Tail9), tB, Vector256.Create(Tail8));
        Vector256<float> partA = Vector256.FusedMultiplyAdd(Vector256.Create(Exponential.Single4), rA, Vector256.Create(Exponential.Single3));
        Vector256<float> partB = Vector256.FusedMultiplyAdd(Vector256.Create(Exponential.Single4), rB, Vector256.Create(Exponential.Single3));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail7));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail7));
        partA = Vector256.FusedMultiplyAdd(partA, rA, Vector256.Create(Exponential.Single2));
        partB = Vector256.FusedMultiplyAdd(partB, rB, Vector256.Create(Exponential.Single2));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail6));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail6));
        partA = Vector256.FusedMultiplyAdd(partA, rA, Vector256.Create(Exponential.Single1));
        partB = Vector256.FusedMultiplyAdd(partB, rB, Vector256.Create(Exponential.Single1));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail5));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail5));
        partA = Vector256.FusedMultiplyAdd(partA, rA, Vector256.Create(Exponential.Single0));
        partB = Vector256.FusedMultiplyAdd(partB, rB, Vector256.Create(Exponential.Single0));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail4));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail4));
        partA = Vector256.FusedMultiplyAdd(rA * rA, partA, rA) + one;
        partB = Vector256.FusedMultiplyAdd(rB * rB, partB, rB) + one;
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail3));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail3));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail2));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail2));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail1));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail1));
        sumA = Vector256.FusedMultiplyAdd(sumA, tA, Vector256.Create(Tail0));
        sumB = Vector256.FusedMultiplyAdd(sumB, tB, Vector256.Create(Tail0));
        return (TimesPowerOfTwo(partA, shiftedA), sumA * inverseA, TimesPowerOfTwo(partB, shiftedB), sumB * inverseB);
    }

    /// <summary>Adds the integer that <see cref="LiftedShift"/> brought to the lower end of the fraction to the exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> TimesPowerOfTwo(Vector256<float> x, Vector256<float> shifted) => (x.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
}
