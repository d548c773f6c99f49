using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Functions of each element or pair of elements. The operators +, -, *, / and the comparisons are on <see cref="Tensor"/> itself.</summary>
public static class ElementwiseOps
{
    /// <summary>e to the power of each element.</summary>
    public static Tensor Exp(this Tensor x) => new Unary<Exp>(default).ApplyOne(x);

    /// <summary>exp(x) - 1 of each element without the loss of digits near zero.</summary>
    public static Tensor Expm1(this Tensor x) => new Unary<Expm1>(default).ApplyOne(x);

    /// <summary>The natural logarithm of each element.</summary>
    public static Tensor Log(this Tensor x) => new Unary<Log>(default).ApplyOne(x);

    /// <summary>log(1 + x) of each element without the loss of digits near zero.</summary>
    public static Tensor Log1p(this Tensor x) => new Unary<Log1p>(default).ApplyOne(x);

    /// <summary>The square root of each element.</summary>
    public static Tensor Sqrt(this Tensor x) => new Unary<Sqrt>(default).ApplyOne(x);

    /// <summary>1 / sqrt(x) of each element.</summary>
    public static Tensor Rsqrt(this Tensor x) => new Unary<Rsqrt>(default).ApplyOne(x);

    /// <summary>x² of each element.</summary>
    public static Tensor Square(this Tensor x) => new Unary<Square>(default).ApplyOne(x);

    /// <summary>1 / x of each element.</summary>
    public static Tensor Reciprocal(this Tensor x) => new Unary<Reciprocal>(default).ApplyOne(x);

    /// <summary>x to the power of y of each pair of elements, broadcast, with the special cases of <see cref="Math.Pow"/>.</summary>
    /// <remarks>The gradient with respect to y is zero where x is not positive.</remarks>
    public static Tensor Pow(this Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DataType.IsFloating
            ? new Binary<Pow>(default).ApplyOne(x, y)
            : throw new ArgumentException($"Pow expects float32 or float64 but got {x.DataType.Label} {x.Shape}: convert it with To first.");
    }

    /// <summary>Each element to the power of one number, with the special cases of <see cref="Math.Pow"/>.</summary>
    public static Tensor Pow(this Tensor x, double exponent) => exponent switch
    {
        -1 => x.Reciprocal(),
        -0.5 => x.Rsqrt(),
        0.5 => x.Sqrt(),
        1 => x,
        2 => x.Square(),
        3 => x * x.Square(),
        _ => new Unary<PowerOf>(new PowerOf(exponent)).ApplyOne(x),
    };

    /// <summary>|x| of each element; the gradient at 0 is 0.</summary>
    public static Tensor Abs(this Tensor x) => new Unary<Abs>(default).ApplyOne(x);

    /// <summary>-1, 0 or 1 for each element; its gradient is zero.</summary>
    public static Tensor Sign(this Tensor x) => new Unary<Sign>(default).ApplyOne(x);

    /// <summary>The nearest integer to each element, halves to even; its gradient is zero.</summary>
    public static Tensor Round(this Tensor x) => new Unary<Round>(default).ApplyOne(x);

    /// <summary>The largest integer not above each element; its gradient is zero.</summary>
    public static Tensor Floor(this Tensor x) => new Unary<Floor>(default).ApplyOne(x);

    /// <summary>The smallest integer not below each element; its gradient is zero.</summary>
    public static Tensor Ceiling(this Tensor x) => new Unary<Ceiling>(default).ApplyOne(x);

    /// <summary>The sine of each element, in radians.</summary>
    public static Tensor Sin(this Tensor x) => new Unary<Sin>(default).ApplyOne(x);

    /// <summary>The cosine of each element, in radians.</summary>
    public static Tensor Cos(this Tensor x) => new Unary<Cos>(default).ApplyOne(x);

    /// <summary>The tangent of each element, in radians.</summary>
    public static Tensor Tan(this Tensor x) => new Unary<Tan>(default).ApplyOne(x);

    /// <summary>The angle in radians, from -pi/2 to pi/2, whose tangent is x.</summary>
    public static Tensor Atan(this Tensor x) => new Unary<Atan>(default).ApplyOne(x);

    /// <summary>The error function of each element: 2 / sqrt(pi) times the integral of exp(-t²) from 0 to x.</summary>
    public static Tensor Erf(this Tensor x) => new Unary<Erf>(default).ApplyOne(x);

    /// <summary>x limited to the range from <paramref name="low"/> to <paramref name="high"/>; the gradient is zero outside.</summary>
    /// <exception cref="ArgumentException">The limits are not in order, or have fractions where the elements have none.</exception>
    public static Tensor Clip(this Tensor x, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(low <= high))
        {
            throw new ArgumentException($"Clip expects low <= high but got {low} and {high}.");
        }

        return x.DataType.IsFloating ? new Unary<Clip>(new Clip(low, high)).ApplyOne(x) : x.Maximum(x.Constant(low)).Minimum(x.Constant(high));
    }

    /// <summary>The larger of each pair of elements, broadcast.</summary>
    public static Tensor Maximum(this Tensor x, Tensor y) => new Binary<Maximum>(default).ApplyOne(x, y);

    /// <summary>The smaller of each pair of elements, broadcast.</summary>
    public static Tensor Minimum(this Tensor x, Tensor y) => new Binary<Minimum>(default).ApplyOne(x, y);

    /// <summary>The same numbers as another type: fractions are cut off, and what does not fit is clamped.</summary>
    public static Tensor To(this Tensor x, DataType dataType) => x.DataType == dataType ? x : new Cast(dataType).ApplyOne(x);

    /// <summary>x where <paramref name="gate"/> is positive, else 0.</summary>
    internal static Tensor Gate(this Tensor x, Tensor gate) => new Binary<Gate>(default).ApplyOne(x, gate);
}
