using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>The hyperbolic tangent and its relatives, within 4 units in the last place.</summary>
internal static class Hyperbolic
{
    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x)
        where T : unmanaged
    {
        // tanh(x) = (e - 1) / (e + 1) with e = exp(2x); beyond 22 it is 1.
        Vector512<T> magnitude = AtMost(Vector512.Abs(x), 22);
        (Vector512<T> power, Vector512<T> part) = Exponential.Parts(magnitude + magnitude);
        Vector512<T> less = MultiplyAdd(power, part, power - Vector512<T>.One);
        return WithSign(less / MultiplyAdd(power, part, power + Vector512<T>.One), x);
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x)
        where T : unmanaged
    {
        // exp(-|x|) is at most 1, and what it gives for |x| serves both signs.
        Vector512<T> decay = Exponential.Exp(-Vector512.Abs(x));
        Vector512<T> positive = Vector512<T>.One / (Vector512<T>.One + decay);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), decay * positive, positive);
    }

    /// <summary>log(1 + exp(x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Softplus<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Max(x, Vector512<T>.Zero) + Logarithm.Log1p(Exponential.Exp(-Vector512.Abs(x)));

    /// <summary>tanh(log(1 + exp(x))) and 1 minus its square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<T> Value, Vector512<T> Complement) TanhOfSoftplus<T>(Vector512<T> x)
        where T : unmanaged
    {
        // With e = exp(x) and n = e (e + 2) it is n / (n + 2); beyond 22 it is 1.
        Vector512<T> two = Constant<T>.Of(2);
        Vector512<T> grown = Exponential.Exp(AtMost(x, 22));
        Vector512<T> n = grown * (grown + two);
        Vector512<T> share = Vector512<T>.One / (n + two);
        return (n * share, Constant<T>.Of(4) * (n + Vector512<T>.One) * share * share);
    }
}
