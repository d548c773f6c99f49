using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

/// <summary>The derivative of a function, with its vector kernel and its own derivative: one pass over memory backwards.</summary>
internal interface ISlope
{
    /// <summary>The derivative at each lane.</summary>
    Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged;

    /// <summary>The second derivative; null where it is zero.</summary>
    Tensor? Curvature(Tensor x);
}

/// <summary>A number times the derivative of a function: the gradient of that function.</summary>
internal readonly record struct Slope<TFunction>(TFunction Function) : IBinaryFunction
    where TFunction : struct, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => y * Function.Slope(x);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => Function.Curvature(x) is { } curvature ? cotangent * y * curvature : null;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => Function.SlopeTimes(x, cotangent);
}

/// <summary>Gradients of functions that know their slope.</summary>
internal static class Slopes
{
    /// <summary>The slope of the function at <paramref name="x"/>, times the cotangent.</summary>
    public static Tensor SlopeTimes<TFunction>(this TFunction function, Tensor x, Tensor cotangent)
        where TFunction : struct, ISlope => new Binary<Slope<TFunction>>(new Slope<TFunction>(function)).ApplyOne(x, cotangent);
}
