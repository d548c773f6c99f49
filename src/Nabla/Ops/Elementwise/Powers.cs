using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Ops.Elementwise;

internal readonly record struct Sqrt : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Sqrt(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * 0.5 / y;
}

internal readonly record struct Rsqrt : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One / Vector512.Sqrt(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * y * y * y * -0.5;
}

internal readonly record struct Exp : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Exponential.Exp(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * y;
}

/// <summary>exp(x) - 1.</summary>
internal readonly record struct Expm1 : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Exponential.Expm1(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Exponential.Exp(x);

    public Tensor? Curvature(Tensor x) => x.Exp();
}

internal readonly record struct Log : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Logarithm.Log(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent / x;
}

/// <summary>log(1 + x).</summary>
internal readonly record struct Log1p : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Logarithm.Log1p(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One / (Vector512<T>.One + x);

    public Tensor? Curvature(Tensor x) => -(x + 1).Square().Reciprocal();
}

/// <summary>x to the power of y. The gradient with respect to y is zero where x is not positive.</summary>
internal readonly record struct Pow : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Power.Pow(x, y);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent * y * x.Pow(y - 1);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent)
    {
        Tensor isPositive = x.Greater(0);
        return cotangent * isPositive.Where(result, 0) * isPositive.Where(x, 1).Log();
    }
}

/// <summary>x to the power of one number.</summary>
internal readonly record struct PowerOf(double Exponent) : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Power.Pow(x, Constant<T>.Of(Exponent));

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Constant<T>.Of(Exponent) * Power.Pow(x, Constant<T>.Of(Exponent - 1));

    public Tensor? Curvature(Tensor x) => x.Pow(Exponent - 2) * (Exponent * (Exponent - 1));
}
