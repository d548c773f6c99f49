using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>What the kernels of functions are made of, for 64 bytes of floats or doubles.</summary>
internal static class Lanes512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Whether <typeparamref name="T"/> is float rather than double.</summary>
    [MethodImpl(Inline)]
    public static bool IsSingle<T>()
        where T : unmanaged => typeof(T) == typeof(float);

    /// <summary>a * b + c, rounded once.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    /// <summary>One step of Horner's scheme: sum * x + coefficient.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> Then<T>(this Vector512<T> sum, Vector512<T> x, double coefficient)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(sum.AsSingle(), x.AsSingle(), Vector512.Create((float)coefficient)).As<float, T>()
            : Vector512.FusedMultiplyAdd(sum.AsDouble(), x.AsDouble(), Vector512.Create(coefficient)).As<double, T>();

    /// <summary>The nearest integer, for numbers far below the last one that has fractions.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> Nearest<T>(Vector512<T> x)
        where T : unmanaged => x + Shift<T>() - Shift<T>();

    /// <summary>2 to the power of integers whose result is a normal number.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> PowerOfTwo<T>(Vector512<T> exponent)
        where T : unmanaged => IsSingle<T>()
            ? (((exponent + Shift<T>()).AsInt32() << 23) + Vector512<float>.One.AsInt32()).As<int, T>()
            : (((exponent + Shift<T>()).AsInt64() << 52) + Vector512<double>.One.AsInt64()).As<long, T>();

    /// <summary>The smaller of each pair; NaN where <paramref name="x"/> is.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> AtMost<T>(Vector512<T> x, double limit)
        where T : unmanaged => Vector512.MinNative(Constant<T>.Of(limit), x);

    /// <summary>The larger of each pair; NaN where <paramref name="x"/> is.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> AtLeast<T>(Vector512<T> x, double limit)
        where T : unmanaged => Vector512.MaxNative(Constant<T>.Of(limit), x);

    /// <summary>A positive number with the sign of another.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> WithSign<T>(Vector512<T> magnitude, Vector512<T> sign)
        where T : unmanaged => magnitude | (sign & Constant<T>.Of(-0.0));

    /// <summary>Adding it brings an integer's bits to the lower end of the fraction.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> Shift<T>()
        where T : unmanaged => Constant<T>.Of(IsSingle<T>() ? 3 << 22 : 3L << 51);

    /// <summary>The sum of all lanes, halves onto halves.</summary>
    [MethodImpl(Inline)]
    public static T SumAcross<T>(Vector512<T> lanes)
        where T : unmanaged, INumber<T>
    {
        Vector256<T> half = lanes.GetLower() + lanes.GetUpper();
        Vector128<T> quarter = half.GetLower() + half.GetUpper();
        return Vector128<T>.Count == 2
            ? quarter.GetElement(0) + quarter.GetElement(1)
            : quarter.GetElement(0) + quarter.GetElement(2) + (quarter.GetElement(1) + quarter.GetElement(3));
    }

    /// <summary>The largest of all lanes; NaN if there is one.</summary>
    [MethodImpl(Inline)]
    public static T MaxAcross<T>(Vector512<T> lanes)
        where T : unmanaged, INumber<T>
    {
        Vector256<T> half = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        Vector128<T> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        T result = T.Max(quarter.GetElement(0), quarter.GetElement(1));
        return Vector128<T>.Count == 2 ? result : T.Max(result, T.Max(quarter.GetElement(2), quarter.GetElement(3)));
    }

    /// <summary>All bits set in the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(Inline)]
    public static Vector512<T> First<T>(int count)
        where T : unmanaged => IsSingle<T>()
            ? Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).As<int, T>()
            : Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).As<long, T>();
}
