using System.Runtime.Intrinsics;

namespace Nabla.Ops.Elementwise;

internal readonly record struct Abs : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Abs(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * x.Sign();
}

/// <summary>-1, 0 or 1; its gradient is zero everywhere.</summary>
internal readonly record struct Sign : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged =>
        (Vector512.GreaterThan(x, Vector512<T>.Zero) & Vector512<T>.One) - (Vector512.LessThan(x, Vector512<T>.Zero) & Vector512<T>.One);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => null;
}

internal readonly record struct Rsqrt : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One / Vector512.Sqrt(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * y * y * y * -0.5;
}

/// <summary>1 / (1 + exp(-x)), without overflow.</summary>
internal readonly record struct Sigmoid : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged
    {
        // exp(-|x|) is at most 1, and what it gives for |x| serves both signs.
        Vector512<T> decay = default(Exp).Invoke(-Vector512.Abs(x));
        Vector512<T> positive = Vector512<T>.One / (Vector512<T>.One + decay);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), decay * positive, positive);
    }

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * y * (1 - y);
}

/// <summary>The hyperbolic tangent: a series near zero, exponentials elsewhere.</summary>
internal readonly record struct Tanh : IUnaryFunction
{
    // Below this |x| the series x (1 - x²/3 + 2x⁴/15 - 17x⁶/315 + 62x⁸/2835 - ...) is exact to the last bits of a double.
    private const double Near = 0.05;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> magnitude = Vector512.Abs(x);
        Vector512<T> decay = default(Exp).Invoke(magnitude * Constant<T>.Of(-2));
        Vector512<T> far = (Vector512<T>.One - decay) / (Vector512<T>.One + decay);
        Vector512<T> square = x * x;
        Vector512<T> series = Constant<T>.Of(62.0 / 2835) + (square * Constant<T>.Of(-1382.0 / 155925));
        series = Constant<T>.Of(-17.0 / 315) + (square * series);
        series = Constant<T>.Of(2.0 / 15) + (square * series);
        series = Constant<T>.Of(-1.0 / 3) + (square * series);
        Vector512<T> near = x + (x * square * series);
        Vector512<T> signed = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), -far, far);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Constant<T>.Of(Near)), near, signed);
    }

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * (1 - (y * y));
}

/// <summary>log(1 + exp(x)), without overflow.</summary>
internal readonly record struct Softplus : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged
    {
        // log(1 + d) as log(u) d / (u - 1) with u = 1 + d keeps the digits that rounding u loses (Kahan).
        Vector512<T> decay = default(Exp).Invoke(-Vector512.Abs(x));
        Vector512<T> sum = Vector512<T>.One + decay;
        Vector512<T> logarithm = default(Log).Invoke(sum) * decay / (sum - Vector512<T>.One);
        Vector512<T> tail = Vector512.ConditionalSelect(Vector512.Equals(sum, Vector512<T>.One), decay, logarithm);
        return Vector512.Max(x, Vector512<T>.Zero) + tail;
    }

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent * x.Sigmoid();
}

/// <summary>x where positive, else slope * x (Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013).</summary>
internal readonly record struct LeakyRelu(double Slope) : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<T>.Zero), x, x * Constant<T>.Of(Slope));

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent.Gate(x) + (cotangent.Gate(-x) * Slope);
}

/// <summary>x limited to a range; the gradient is zero outside it.</summary>
internal readonly record struct Clip(double Low, double High) : IUnaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Min(Vector512.Max(x, Constant<T>.Of(Low)), Constant<T>.Of(High));

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => cotangent.Gate(x - Low).Gate(High - x);
}

/// <summary>The larger of two numbers; NaN wins. Where they are equal the gradient goes to the second.</summary>
internal readonly record struct Maximum : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.Max(x, y);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent.Gate(x - y);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent - cotangent.Gate(x - y);
}

/// <summary>The smaller of two numbers; NaN wins. Where they are equal the gradient goes to the second.</summary>
internal readonly record struct Minimum : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.Min(x, y);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent.Gate(y - x);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => cotangent - cotangent.Gate(y - x);
}
