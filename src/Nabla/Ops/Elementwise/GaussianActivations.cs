using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Ops.Elementwise;

/// <summary>The error function.</summary>
internal readonly record struct Erf : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => ErrorFunction.Erf(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Exponential.Exp(-(x * x)) * Constant<T>.Of(1.1283791670955125739);

    public Tensor? Curvature(Tensor x) => (-x.Square()).Exp() * x * (-2 * 1.1283791670955125739);
}

/// <summary>x times the probability that a normal number is below x.</summary>
internal readonly record struct Gelu : IUnaryFunction, ISlope
{
    // The density of the normal distribution at 0.
    private const double Density = 0.39894228040143267794;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * ErrorFunction.Normal(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return ErrorFunction.NormalAndDensity(x.AsSingle()).As<float, T>();
        }

        Vector512<T> density = Exponential.Exp(x * x * Constant<T>.Of(-0.5)) * Constant<T>.Of(Density);
        return MultiplyAdd(x, density, ErrorFunction.Normal(x));
    }

    public Tensor? Curvature(Tensor x) => (x.Square() * -0.5).Exp() * ((2 - x.Square()) * Density);
}

/// <summary>The tanh approximation of <see cref="Gelu"/>: x (1 + tanh(u)) / 2 with u = sqrt(2 / pi) (x + 0.044715 x³).</summary>
internal readonly record struct GeluTanh : IUnaryFunction, ISlope
{
    private const double Cubic = 0.044715;

    // sqrt(2 / pi)
    private const double Linear = 0.79788456080286535588;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * Gate(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    // (1 + tanh(u)) / 2 is sigmoid(2u), whose derivative is s (1 - s).
    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> gate = Gate(x);
        Vector512<T> steepness = MultiplyAdd(x * x, Constant<T>.Of(6 * Linear * Cubic), Constant<T>.Of(2 * Linear));
        return MultiplyAdd(x * gate * (Vector512<T>.One - gate), steepness, gate);
    }

    public Tensor? Curvature(Tensor x)
    {
        Tensor gate = ((x + (x * x.Square() * Cubic)) * (2 * Linear)).Sigmoid();
        Tensor steepness = (x.Square() * (6 * Linear * Cubic)) + (2 * Linear);
        Tensor change = gate * (1 - gate);
        return change * ((steepness * 2) + (x.Square() * (12 * Linear * Cubic)) + (x * steepness.Square() * (1 - (gate * 2))));
    }

    private static Vector512<T> Gate<T>(Vector512<T> x)
        where T : unmanaged => Hyperbolic.Sigmoid(x * MultiplyAdd(x * x, Constant<T>.Of(2 * Linear * Cubic), Constant<T>.Of(2 * Linear)));
}
