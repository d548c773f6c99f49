using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

/// <summary>The nearest integer, halves to even; its gradient is zero.</summary>
internal readonly record struct Round : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? Vector512.Round(x.AsSingle()).As<float, T>() : Vector512.Round(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => null;
}

/// <summary>The largest integer that is not above; its gradient is zero.</summary>
internal readonly record struct Floor : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? Vector512.Floor(x.AsSingle()).As<float, T>() : Vector512.Floor(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => null;
}

/// <summary>The smallest integer that is not below; its gradient is zero.</summary>
internal readonly record struct Ceiling : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? Vector512.Ceiling(x.AsSingle()).As<float, T>() : Vector512.Ceiling(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => null;
}
