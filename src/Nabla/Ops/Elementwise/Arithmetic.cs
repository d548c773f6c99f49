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

/// <summary>The larger of two numbers; NaN wins. Where they are equal the gradient goes to the second.</summary>
internal readonly record struct Maximum : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.Max(x, y);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => x.Greater(y).Where(cotangent, 0);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => x.Greater(y).Where(0, cotangent);
}

/// <summary>The smaller of two numbers; NaN wins. Where they are equal the gradient goes to the second.</summary>
internal readonly record struct Minimum : IBinaryFunction
{
    public Vector512<T> Invoke<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged => Vector512.Min(x, y);

    public Tensor? GradientX(Tensor x, Tensor y, Tensor result, Tensor cotangent) => x.Less(y).Where(cotangent, 0);

    public Tensor? GradientY(Tensor x, Tensor y, Tensor result, Tensor cotangent) => x.Less(y).Where(0, cotangent);
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
    public static bool TakesIntegers => true;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => -x;

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => -cotangent;
}

internal readonly record struct Abs : IUnaryFunction, ISlope
{
    public static bool TakesIntegers => true;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Abs(x);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => default(Sign).Invoke(x);

    public Tensor? Curvature(Tensor x) => null;
}

/// <summary>-1, 0 or 1; its gradient is zero everywhere.</summary>
internal readonly record struct Sign : IUnaryFunction
{
    public static bool TakesIntegers => true;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged =>
        (Vector512.GreaterThan(x, Vector512<T>.Zero) & Vector512<T>.One) - (Vector512.LessThan(x, Vector512<T>.Zero) & Vector512<T>.One);

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => null;
}

internal readonly record struct Square : IUnaryFunction, ISlope
{
    public static bool TakesIntegers => true;

    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => x * x;

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => x + x;

    public Tensor? Curvature(Tensor x) => x.Constant(2);
}

internal readonly record struct Reciprocal : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One / x;

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => -(Vector512<T>.One / (x * x));

    public Tensor? Curvature(Tensor x) => 2 / (x * x.Square());
}

/// <summary>x limited to a range; the gradient is zero outside it.</summary>
internal readonly record struct Clip(double Low, double High) : IUnaryFunction, ISlope
{
    public Vector512<T> Invoke<T>(Vector512<T> x)
        where T : unmanaged => Vector512.Min(Vector512.Max(x, Constant<T>.Of(Low)), Constant<T>.Of(High));

    public Tensor? Gradient(Tensor x, Tensor y, Tensor cotangent) => this.SlopeTimes(x, cotangent);

    public Vector512<T> Slope<T>(Vector512<T> x)
        where T : unmanaged => Vector512<T>.One & Vector512.GreaterThan(x, Constant<T>.Of(Low)) & Vector512.LessThan(x, Constant<T>.Of(High));

    public Tensor? Curvature(Tensor x) => null;
}
