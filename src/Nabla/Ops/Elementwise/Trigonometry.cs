using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

internal readonly record struct Sin : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? Vector512.Sin(x.AsSingle()).As<float, T>() : Vector512.Sin(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => default(Cos).Invoke(x);

    public Tensor? Curvature(Tensor x) => -x.Sin();
}

internal readonly record struct Cos : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => typeof(T) == typeof(float) ? Vector512.Cos(x.AsSingle()).As<float, T>() : Vector512.Cos(x.AsDouble()).As<double, T>();

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => -default(Sin).Invoke(x);

    public Tensor? Curvature(Tensor x) => -x.Cos();
}

internal readonly record struct Tan : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => default(Sin).Invoke(x) / default(Cos).Invoke(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * (1 + y.Square());
}
