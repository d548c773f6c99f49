using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>How two numbers become one.</summary>
internal interface IReducer
{
    /// <summary>What changes nothing.</summary>
    static abstract T Identity<T>()
        where T : unmanaged, INumber<T>;

    static abstract T Combine<T>(T left, T right)
        where T : unmanaged, INumber<T>;

    static abstract Vector512<T> Combine<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged, INumber<T>;

    static abstract Vector256<T> Combine<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T>;

    static abstract Vector128<T> Combine<T>(Vector128<T> left, Vector128<T> right)
        where T : unmanaged, INumber<T>;
}

internal readonly struct SumReducer : IReducer
{
    public static T Identity<T>()
        where T : unmanaged, INumber<T> => T.Zero;

    public static T Combine<T>(T left, T right)
        where T : unmanaged, INumber<T> => left + right;

    public static Vector512<T> Combine<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged, INumber<T> => left + right;

    public static Vector256<T> Combine<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T> => left + right;

    public static Vector128<T> Combine<T>(Vector128<T> left, Vector128<T> right)
        where T : unmanaged, INumber<T> => left + right;
}

internal readonly struct ProductReducer : IReducer
{
    public static T Identity<T>()
        where T : unmanaged, INumber<T> => T.One;

    public static T Combine<T>(T left, T right)
        where T : unmanaged, INumber<T> => left * right;

    public static Vector512<T> Combine<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged, INumber<T> => left * right;

    public static Vector256<T> Combine<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T> => left * right;

    public static Vector128<T> Combine<T>(Vector128<T> left, Vector128<T> right)
        where T : unmanaged, INumber<T> => left * right;
}

internal readonly struct MaxReducer : IReducer
{
    public static T Identity<T>()
        where T : unmanaged, INumber<T> => T.CreateSaturating(double.NegativeInfinity);

    public static T Combine<T>(T left, T right)
        where T : unmanaged, INumber<T> => T.Max(left, right);

    public static Vector512<T> Combine<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged, INumber<T> => Vector512.Max(left, right);

    public static Vector256<T> Combine<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T> => Vector256.Max(left, right);

    public static Vector128<T> Combine<T>(Vector128<T> left, Vector128<T> right)
        where T : unmanaged, INumber<T> => Vector128.Max(left, right);
}

internal readonly struct MinReducer : IReducer
{
    public static T Identity<T>()
        where T : unmanaged, INumber<T> => T.CreateSaturating(double.PositiveInfinity);

    public static T Combine<T>(T left, T right)
        where T : unmanaged, INumber<T> => T.Min(left, right);

    public static Vector512<T> Combine<T>(Vector512<T> left, Vector512<T> right)
        where T : unmanaged, INumber<T> => Vector512.Min(left, right);

    public static Vector256<T> Combine<T>(Vector256<T> left, Vector256<T> right)
        where T : unmanaged, INumber<T> => Vector256.Min(left, right);

    public static Vector128<T> Combine<T>(Vector128<T> left, Vector128<T> right)
        where T : unmanaged, INumber<T> => Vector128.Min(left, right);
}
