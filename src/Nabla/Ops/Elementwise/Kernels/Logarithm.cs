// x = 2^e m with m between sqrt(1/2) and sqrt(2). With f = m - 1 and s = f / (2 + f), log(m) = 2 atanh(s) = f - s (f - s² R(s²)), where
// the polynomial R has the least largest relative error (Remez, in 50 digits): 1.4e-9 for float32, 2.3e-18 for float64. The terms are added
// from the smallest on; f²/2 is split off because it is nearly exact.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>Natural logarithms, within 2 units in the last place.</summary>
internal static class Logarithm
{
    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log<T>(Vector512<T> x)
        where T : unmanaged
    {
        double smallestNormal = IsSingle<T>() ? 1.1754943508222875e-38 : 2.2250738585072014e-308;
        double lift = IsSingle<T>() ? 1 << 23 : 1L << 52;
        Vector512<T> isTiny = Vector512.LessThan(x, Constant<T>.Of(smallestNormal));
        Vector512<T> normal = Vector512.ConditionalSelect(isTiny, x * Constant<T>.Of(lift), x);
        (Vector512<T> exponent, Vector512<T> f) = Split(normal);
        exponent -= isTiny & Constant<T>.Of(IsSingle<T>() ? 23 : 52);
        Vector512<T> result = Sum(exponent, f);
        result = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), Constant<T>.Of(double.NaN), result);
        result = Vector512.ConditionalSelect(Vector512.Equals(x, Vector512<T>.Zero), Constant<T>.Of(double.NegativeInfinity), result);

        // Infinity and NaN are their own logarithms.
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Constant<T>.Of(double.PositiveInfinity)), result, x);
    }

    /// <summary>log(1 + x) without the loss of digits near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Log1p<T>(Vector512<T> x)
        where T : unmanaged
    {
        // What rounding took from 1 + x comes back as the first term of the logarithm's series around it.
        Vector512<T> sum = Vector512<T>.One + x;
        Vector512<T> rest = x - (sum - Vector512<T>.One);
        Vector512<T> logarithm = Log(sum);
        Vector512<T> regular = Vector512.GreaterThan(sum, Vector512<T>.Zero) & Vector512.LessThan(sum, Constant<T>.Of(double.PositiveInfinity));
        return Vector512.ConditionalSelect(regular, logarithm + (rest / sum), logarithm);
    }

    /// <summary>e and m - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<T> Exponent, Vector512<T> Fraction) Split<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> root = Constant<T>.Of(0.70710678118654752440);
        if (IsSingle<T>())
        {
            Vector512<int> bits = x.AsInt32() - root.AsInt32();
            Vector512<T> exponent = ((bits >> 23) + Shift<T>().AsInt32()).As<int, T>() - Shift<T>();
            return (exponent, ((bits & Vector512.Create(0x7FFFFF)) + root.AsInt32()).As<int, T>() - Vector512<T>.One);
        }

        Vector512<long> wide = x.AsInt64() - root.AsInt64();
        Vector512<T> power = ((wide >> 52) + Shift<T>().AsInt64()).As<long, T>() - Shift<T>();
        return (power, ((wide & Vector512.Create(0xFFFFFFFFFFFFF)) + root.AsInt64()).As<long, T>() - Vector512<T>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Sum<T>(Vector512<T> exponent, Vector512<T> f)
        where T : unmanaged
    {
        double high = IsSingle<T>() ? 0.693147182464599609375 : 0.693147180559945286226764;
        double low = IsSingle<T>() ? -1.904654299957768e-9 : 2.319046813846299558e-17;
        Vector512<T> s = f / (Constant<T>.Of(2) + f);
        Vector512<T> square = s * s;
        Vector512<T> half = Constant<T>.Of(0.5) * f * f;
        Vector512<T> small = MultiplyAdd(exponent, Constant<T>.Of(low), s * MultiplyAdd(square, Polynomial(square), half));
        return MultiplyAdd(exponent, Constant<T>.Of(high), f - (half - small));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Polynomial<T>(Vector512<T> square)
        where T : unmanaged => IsSingle<T>()
            ? Constant<T>.Of(0.2992559260309068452)
                .Then(square, 0.3997607787994806138)
                .Then(square, 0.6666677829274387265)
            : Constant<T>.Of(0.1481051999082406004)
                .Then(square, 0.1531316437507681579)
                .Then(square, 0.1818357154116941526)
                .Then(square, 0.2222219909089342018)
                .Then(square, 0.2857142872928478754)
                .Then(square, 0.3999999999951982348)
                .Then(square, 0.6666666666666709539);
}
