using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

internal readonly record struct Add : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x + y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent;
}

internal readonly record struct Subtract : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x - y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => -cotangent;
}

internal readonly record struct Multiply : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x * y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent * y;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent * x;
}

internal readonly record struct Divide : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x / y;

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent / y;

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => -(cotangent * result / y);
}

/// <summary>The first argument where the second is positive, else zero: the gradient of <see cref="Relu"/>.</summary>
internal readonly record struct Gate : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => x & Vector512.GreaterThan(y, Vector512<T>.Zero);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent.Gate(y);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => null;
}

internal readonly record struct Negate : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => -x;

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => -cotangent;
}

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly record struct Relu : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Max(x, Vector512<T>.Zero);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent.Gate(y);
}

internal readonly record struct Sqrt : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Sqrt(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent / (y * 2);
}

internal readonly record struct Exp : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.Exp(x.AsSingle()).As<float, T>()
            : Vector512.Exp(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * y;
}

internal readonly record struct Log : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.Log(x.AsSingle()).As<float, T>()
            : Vector512.Log(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent / x;
}
