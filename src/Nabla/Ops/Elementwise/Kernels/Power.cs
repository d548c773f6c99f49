using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise.Kernels;

/// <summary>Powers, with the special cases of <see cref="Math.Pow"/>.</summary>
internal static class Power
{
    /// <summary>x to the power of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Pow<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Lanes512.IsSingle<T>()
            ? Singles(x.AsSingle(), y.AsSingle()).As<float, T>()
            : Doubles(x.AsDouble(), y.AsDouble()).As<double, T>();

    // The product of exponent and logarithm needs more digits than float32 has: float64 has them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Singles(Vector512<float> x, Vector512<float> y)
    {
        (Vector512<double> lowX, Vector512<double> highX) = Vector512.Widen(x);
        (Vector512<double> lowY, Vector512<double> highY) = Vector512.Widen(y);
        return Vector512.Narrow(Wide(lowX, lowY), Wide(highX, highY));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Wide(Vector512<double> x, Vector512<double> y)
    {
        Vector512<double> one = Vector512<double>.One;
        Vector512<double> half = Vector512.Create(0.5);
        Vector512<double> result = Exponential.Exp(y * Logarithm.Log(Vector512.Abs(x)));

        // A negative base has a power when the exponent is an integer: a negative one when that is odd.
        Vector512<double> isNegative = Vector512.LessThan(x, Vector512<double>.Zero);
        Vector512<double> isInteger = Vector512.Equals(Vector512.Floor(y), y);
        Vector512<double> isOdd = Vector512.AndNot(isInteger, Vector512.Equals(Vector512.Floor(y * half), y * half));
        Vector512<double> sign = x & isOdd & Vector512.Create(-0.0);
        Vector512<double> undefined = Vector512.AndNot(isNegative & Vector512.GreaterThan(x, Vector512.Create(double.NegativeInfinity)), isInteger);
        result = Vector512.ConditionalSelect(undefined, Vector512.Create(double.NaN), result ^ sign);

        // 1 to any power and any number to the power of 0, NaN included, are 1; -1 to an infinite power too.
        Vector512<double> isOne = Vector512.Equals(x, one) | Vector512.Equals(y, Vector512<double>.Zero)
            | (Vector512.Equals(x, -one) & Vector512.Equals(Vector512.Abs(y), Vector512.Create(double.PositiveInfinity)));
        return Vector512.ConditionalSelect(isOne, one, result);
    }

    private static Vector512<double> Doubles(Vector512<double> x, Vector512<double> y)
    {
        Vector512<double> result = default;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
        {
            result = result.WithElement(lane, Math.Pow(x.GetElement(lane), y.GetElement(lane)));
        }

        return result;
    }
}
