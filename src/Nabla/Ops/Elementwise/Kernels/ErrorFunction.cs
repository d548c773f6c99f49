// Below 1 erf(x) = x P(x²). From 1 on it is 1 - erfc(x) with erfc(x) = exp(-x²) Q(t) / (1 + 2x), t = (x - k) / (x + k), a form in which one
// polynomial reaches to where erfc vanishes (Shepherd and Laframboise, Chebyshev Approximation of (1 + 2x) exp(x²) erfc x, 1981). P and Q
// have the least largest relative error (Remez, in 50 digits): 1.2e-9 and 4e-9 for float32, 7.3e-18 and 6.5e-17 for float64.
// The normal distribution of float32 needs no P: from 0 on exp(x²/2) times the tail is Q(t) / (x + k) with Q of degree 9 (Remez, 7.8e-9), which takes
// one division. It is written for floats alone with few calls, because the compiler expands only so many within a loop: beyond that it runs ten
// times slower.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;
using static Nabla.Ops.Elementwise.Kernels.NormalHalves;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>The error function within 4 units in the last place, the normal distribution within 6.</summary>
internal static class ErrorFunction
{
    // Without vectors of 32 bytes each operation is four of a quarter of the width, with so many parts that the compiler does not expand all of them in a short method that reaches
    // them through others. A delegate makes a method of its own of the tail, in which they are written: it then expands them all.
    private static readonly Func<Vector512<float>, (Vector512<float> Decay, Vector512<float> Share)> TailApart = Tail;

    /// <summary>2 / sqrt(pi) times the integral of exp(-t²) from 0 to x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Erf<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> magnitude = Vector512.Abs(x);
        Vector512<T> far = WithSign(Vector512<T>.One - Tail(magnitude, Decay(magnitude, 1)), x);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512<T>.One), Near(x), far);
    }

    /// <summary>The probability that a normal number is below x, which keeps its digits where it is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Normal<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? NormalOfSingle(x.AsSingle()).As<float, T>() : NormalOfDouble(x);

    /// <summary>That probability plus x times its density, the slope of x times the probability: the exponential of the density is the one of the tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalAndDensity(Vector512<float> x)
    {
        if (NormalHalves.AreWidest)
        {
            return NormalHalves.NormalAndDensity(x);
        }

        Vector512<float> magnitude = Vector512.MinNative(Vector512.Create(Farthest), Vector512.Abs(x));
        (Vector512<float> decay, Vector512<float> share) = TailOf(magnitude);
        Vector512<float> below = decay * Vector512.FusedMultiplyAdd(magnitude, Vector512.Create(-Density / Lift), share);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), below, Vector512<float>.One - below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> NormalOfSingle(Vector512<float> x)
    {
        if (NormalHalves.AreWidest)
        {
            return NormalHalves.Normal(x);
        }

        (Vector512<float> decay, Vector512<float> share) = TailOf(Vector512.MinNative(Vector512.Create(Farthest), Vector512.Abs(x)));
        Vector512<float> tail = decay * share;
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Decay, Vector512<float> Share) TailOf(Vector512<float> x) => Vector512.IsHardwareAccelerated ? Tail(x) : TailApart(x);

    /// <summary>exp(-x²/2) times <see cref="Lift"/>, and what times that is the probability that a normal number is above x, for x from 0 to <see cref="Farthest"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<float> Decay, Vector512<float> Share) Tail(Vector512<float> x)
    {
        Vector512<float> inverse = Vector512.Create(1 / Lift) / (x + Vector512.Create(Centre));
        Vector512<float> t = Vector512.FusedMultiplyAdd(inverse, Vector512.Create(-2 * Centre * Lift), Vector512<float>.One);
        Vector512<float> sum = Vector512.FusedMultiplyAdd(Vector512.Create(Tail9), t, Vector512.Create(Tail8));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail7));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail6));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail5));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail4));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail3));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail2));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail1));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(Tail0));

        // exp(-x²/2): the product of x and -x/2 is rounded only when n log 2 has been taken from it, whose first part is exact.
        Vector512<float> half = x * -0.5f;
        Vector512<float> shifted = (half * x * Log2E) + Vector512.Create(LiftedShift);
        Vector512<float> n = shifted - Vector512.Create(LiftedShift);
        Vector512<float> r = Vector512.FusedMultiplyAdd(half, x, n * LogOf2High);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(LogOf2Low), r);
        Vector512<float> power = Vector512.FusedMultiplyAdd(r * r, Exponential.Polynomial(r), r) + Vector512<float>.One;
        return ((power.AsInt32() + (shifted.AsInt32() << 23)).AsSingle(), sum * inverse);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<T> NormalOfDouble<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> half = Constant<T>.Of(0.5);
        Vector512<T> scaled = x * Constant<T>.Of(0.70710678118654752440);
        Vector512<T> magnitude = Vector512.Abs(scaled);
        Vector512<T> tail = half * Tail(magnitude, Decay(x, 0.5));
        Vector512<T> far = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), tail, Vector512<T>.One - tail);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512<T>.One), MultiplyAdd(half, Near(scaled), half), far);
    }

    /// <summary>erf(x) for |x| below 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Near<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> square = x * x;
        return x * (IsSingle<T>()
            ? Constant<T>.Of(0.00007853860631578004709)
                .Then(square, -0.0008010193658509673557)
                .Then(square, 0.005188327729379839023)
                .Then(square, -0.02685381199032178635)
                .Then(square, 0.1128358515123350473)
                .Then(square, -0.3761262582467509863)
                .Then(square, 1.128379165726797438)
            : Constant<T>.Of(-7.779466538474252376e-10)
                .Then(square, 1.371097937206749881e-8)
                .Then(square, -1.620631352519063998e-7)
                .Then(square, 1.644713154126248768e-6)
                .Then(square, -0.00001492471229960998283)
                .Then(square, 0.0001205529357677746814)
                .Then(square, -0.0008548325929310456537)
                .Then(square, 0.005223977606118393099)
                .Then(square, -0.02686617064311145874)
                .Then(square, 0.112837916709441847)
                .Then(square, -0.3761263890318351954)
                .Then(square, 1.128379167095512566));
    }

    /// <summary>exp(-x² factor).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Decay<T>(Vector512<T> x, double factor)
        where T : unmanaged
    {
        // It is as sharp as x² only with what rounding took from that; where x² is infinite it is zero.
        Vector512<T> limited = AtMost(Vector512.Abs(x), 40);
        Vector512<T> square = limited * limited;
        Vector512<T> rest = MultiplyAdd(limited, limited, -square) * Constant<T>.Of(-factor);
        Vector512<T> decay = Exponential.Exp(square * Constant<T>.Of(-factor));
        return MultiplyAdd(decay, rest, decay);
    }

    /// <summary>erfc(x) for x from 1 on, given exp(-x²); something finite below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Tail<T>(Vector512<T> x, Vector512<T> decay)
        where T : unmanaged
    {
        double centre = IsSingle<T>() ? 2.5 : 3;
        Vector512<T> limited = AtMost(x, IsSingle<T>() ? 10.5 : 27.3);
        Vector512<T> t = (limited - Constant<T>.Of(centre)) / (limited + Constant<T>.Of(centre));
        return decay * Polynomial(t) / MultiplyAdd(limited, Constant<T>.Of(2), Vector512<T>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Polynomial<T>(Vector512<T> t)
        where T : unmanaged => IsSingle<T>()
            ? Constant<T>.Of(0.0008439924544261401519)
                .Then(t, -0.004174780603100397037)
                .Then(t, 0.0007838037855623532627)
                .Then(t, 0.03273927277829867486)
                .Then(t, -0.102948121630063097)
                .Then(t, 0.1576306991411200778)
                .Then(t, -0.09902531774657938154)
                .Then(t, -0.1223567716381626149)
                .Then(t, 1.264838189370854183)
            : Constant<T>.Of(1.717118003150244317e-7)
                .Then(t, -7.70259981145782544e-7)
                .Then(t, 1.390146695456956421e-7)
                .Then(t, 3.691569690437418193e-6)
                .Then(t, -6.94309976545258688e-7)
                .Then(t, -0.00002020168870063441384)
                .Then(t, 4.959649737886824353e-6)
                .Then(t, 0.0001251229445850236273)
                .Then(t, -0.0001051649062627774606)
                .Then(t, -0.0007798353599065644298)
                .Then(t, 0.001888691204289855619)
                .Then(t, 0.002529392045848964403)
                .Then(t, -0.02377051498563841875)
                .Then(t, 0.06830802733470335677)
                .Then(t, -0.1192736634128287335)
                .Then(t, 0.1296451587029375575)
                .Then(t, -0.04756229435348479935)
                .Then(t, -0.1356211061245822434)
                .Then(t, 1.253008058269729727);
}
