using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Ops.Elementwise;

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly record struct Relu : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Max(x, Vector512<T>.Zero);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent.Gate(y);
}

/// <summary>x where positive, else slope * x (Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013).</summary>
internal readonly record struct LeakyRelu(double Rate) : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * Slope(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<T>.Zero), Vector512<T>.One, Constant<T>.Of(Rate));

    public Tensor? Curvature(Tensor x) => null;
}

/// <summary>scale * x where positive, else scale * alpha * (exp(x) - 1).</summary>
internal readonly record struct Elu(double Alpha, double Scale) : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<T>.Zero), x * Constant<T>.Of(Scale), Exponential.Expm1(x) * Constant<T>.Of(Alpha * Scale));

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<T>.Zero), Constant<T>.Of(Scale), Exponential.Exp(x) * Constant<T>.Of(Alpha * Scale));

    public Tensor? Curvature(Tensor x) => x.Greater(0).Where(0, x.Minimum(x.Constant(0)).Exp() * (Alpha * Scale));
}

/// <summary>1 / (1 + exp(-x)), without overflow.</summary>
internal readonly record struct Sigmoid : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Hyperbolic.Sigmoid(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => default(SigmoidResult).SlopeTimes(y, cotangent);
}

/// <summary>The slope of <see cref="Sigmoid"/> in terms of its result.</summary>
internal readonly record struct SigmoidResult : ISlope
{
    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => x * (Vector512<T>.One - x);

    public Tensor? Curvature(Tensor x) => 1 - (x * 2);
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly record struct Tanh : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Hyperbolic.Tanh(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => default(TanhResult).SlopeTimes(y, cotangent);
}

/// <summary>The slope of <see cref="Tanh"/> in terms of its result.</summary>
internal readonly record struct TanhResult : ISlope
{
    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One - (x * x);

    public Tensor? Curvature(Tensor x) => x * -2;
}

/// <summary>log(1 + exp(x)), without overflow.</summary>
internal readonly record struct Softplus : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Hyperbolic.Softplus(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Hyperbolic.Sigmoid(x);

    public Tensor? Curvature(Tensor x)
    {
        Tensor sigmoid = x.Sigmoid();
        return sigmoid * (1 - sigmoid);
    }
}

/// <summary>x sigmoid(x).</summary>
internal readonly record struct Silu : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * Hyperbolic.Sigmoid(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> sigmoid = Hyperbolic.Sigmoid(x);
        return sigmoid * MultiplyAdd(x, Vector512<T>.One - sigmoid, Vector512<T>.One);
    }

    public Tensor? Curvature(Tensor x)
    {
        Tensor sigmoid = x.Sigmoid();
        return sigmoid * (1 - sigmoid) * (2 + (x * (1 - (sigmoid * 2))));
    }
}

/// <summary>x tanh(softplus(x)).</summary>
internal readonly record struct Mish : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * Hyperbolic.TanhOfSoftplus(x).Value;

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged
    {
        (Vector512<T> value, Vector512<T> complement) = Hyperbolic.TanhOfSoftplus(x);
        return MultiplyAdd(x * Hyperbolic.Sigmoid(x), complement, value);
    }

    public Tensor? Curvature(Tensor x)
    {
        Tensor value = x.Softplus().Tanh();
        Tensor sigmoid = x.Sigmoid();
        return (1 - value.Square()) * ((sigmoid * 2) + (x * ((sigmoid * (1 - sigmoid)) - (value * sigmoid.Square() * 2))));
    }
}

/// <summary>x clip(x + 3, 0, 6) / 6.</summary>
internal readonly record struct HardSwish : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * Gate(x) * Constant<T>.Of(1.0 / 6);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> inside = Vector512.LessThan(Vector512.Abs(x), Constant<T>.Of(3));
        return (Gate(x) + (x & inside)) * Constant<T>.Of(1.0 / 6);
    }

    public Tensor? Curvature(Tensor x) => x.Abs().Less(3).Where(1.0 / 3, x.Constant(0));

    private static Vector512<T> Gate<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Min(Vector512.Max(x + Constant<T>.Of(3), Vector512<T>.Zero), Constant<T>.Of(6));
}
