// exp(x) = 2^n exp(r) with n the integer nearest to x / log 2, so that |r| is at most log(2) / 2. There exp(r) = 1 + r + r² q(r), where the
// polynomial q has the least largest relative error (Remez, in 50 digits): 1.3e-8 for float32 after the rest of the sum, 1.8e-17 for float64.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>Exponential functions, within 2 units in the last place.</summary>
internal static class Exponential
{
    /// <summary>The polynomial of float32, from the highest degree on.</summary>
    public const float Single4 = 0.001388252489766767635f;
    public const float Single3 = 0.008366520636992468887f;
    public const float Single2 = 0.04166719979452763123f;
    public const float Single1 = 0.1666654362043179244f;
    public const float Single0 = 0.4999999815434319767f;

    private const double Log2E = 1.4426950408889634;

    /// <summary>e to the power of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged
    {
        // What is beyond the limits is infinity or zero all the same.
        Vector512<T> limited = IsSingle<T>() ? AtMost(AtLeast(x, -104), 89) : AtMost(AtLeast(x, -746), 710);
        (Vector512<T> n, Vector512<T> part) = Reduce(limited);
        return Scale(Vector512<T>.One + part, n);
    }

    /// <summary>exp(x) - 1 without the loss of digits near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Expm1<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> limited = IsSingle<T>() ? AtMost(AtLeast(x, -50), 89) : AtMost(AtLeast(x, -50), 710);
        (Vector512<T> n, Vector512<T> part) = Reduce(limited);

        // 2^n (1 + part) - 1 = 2^n (part + (1 - 2^-n)); from 2^64 on the inner one alone counts.
        Vector512<T> shrunk = Vector512.LessThan(n, Constant<T>.Of(64)) & PowerOfTwo(-AtMost(n, 64));
        return Scale(part + (Vector512<T>.One - shrunk), n);
    }

    /// <summary>2^n and exp(r) - 1, from which sums with exp(x) = 2^n + 2^n (exp(r) - 1) are rounded once, for x whose 2^n is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<T> Power, Vector512<T> Part) Parts<T>(Vector512<T> x)
        where T : unmanaged
    {
        (Vector512<T> n, Vector512<T> part) = Reduce(x);
        return (PowerOfTwo(n), part);
    }

    /// <summary>n and exp(r) - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<T> N, Vector512<T> Part) Reduce<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> n = Nearest(x * Constant<T>.Of(Log2E));
        double high = IsSingle<T>() ? 0.693147182464599609375 : 0.693147180559945286226764;
        double low = IsSingle<T>() ? -1.904654299957768e-9 : 2.319046813846299558e-17;
        Vector512<T> r = MultiplyAdd(n, Constant<T>.Of(-high), x);
        r = MultiplyAdd(n, Constant<T>.Of(-low), r);
        return (n, MultiplyAdd(r * r, Polynomial(r), r));
    }

    /// <summary>(exp(r) - 1 - r) / r² for r up to log(2) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Polynomial<T>(Vector512<T> r)
        where T : unmanaged => IsSingle<T>()
            ? Constant<T>.Of(Single4)
                .Then(r, Single3)
                .Then(r, Single2)
                .Then(r, Single1)
                .Then(r, Single0)
            : Constant<T>.Of(2.50537610476568568e-8)
                .Then(r, 2.762603862697482647e-7)
                .Then(r, 2.755740757794092474e-6)
                .Then(r, 0.0000248015052716298771)
                .Then(r, 0.0001984126971897973134)
                .Then(r, 0.001388888893156703592)
                .Then(r, 0.00833333333338955742)
                .Then(r, 0.04166666666657674655)
                .Then(r, 0.1666666666666658929)
                .Then(r, 0.500000000000000518);

    /// <summary>x 2^n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Scale<T>(Vector512<T> x, Vector512<T> n)
        where T : unmanaged
    {
        if (Avx512F.IsSupported)
        {
            return IsSingle<T>() ? Avx512F.Scale(x.AsSingle(), n.AsSingle()).As<float, T>() : Avx512F.Scale(x.AsDouble(), n.AsDouble()).As<double, T>();
        }

        // In two steps, since 2^n may lie beyond the normal numbers; the first is exact, so one instruction gives the same bits.
        Vector512<T> half = Nearest(n * Constant<T>.Of(0.5));
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }
}
