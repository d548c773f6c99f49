using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Functions of each element or pair of elements. The operators +, -, *, / and the comparisons are on <see cref="Tensor"/> itself.</summary>
public static class ElementwiseOps
{
    /// <summary>e to the power of each element.</summary>
    public static Tensor Exp(this Tensor x) => new Unary<Exp>(default).ApplyOne(x);

    /// <summary>The natural logarithm of each element.</summary>
    public static Tensor Log(this Tensor x) => new Unary<Log>(default).ApplyOne(x);

    /// <summary>The square root of each element.</summary>
    public static Tensor Sqrt(this Tensor x) => new Unary<Sqrt>(default).ApplyOne(x);

    /// <summary>1 / sqrt(x) of each element.</summary>
    public static Tensor Rsqrt(this Tensor x) => new Unary<Rsqrt>(default).ApplyOne(x);

    /// <summary>x² of each element.</summary>
    public static Tensor Square(this Tensor x) => x * x;

    /// <summary>|x| of each element; the gradient at 0 is 0.</summary>
    public static Tensor Abs(this Tensor x) => new Unary<Abs>(default).ApplyOne(x);

    /// <summary>-1, 0 or 1 for each element; its gradient is zero.</summary>
    public static Tensor Sign(this Tensor x) => new Unary<Sign>(default).ApplyOne(x);

    /// <summary>x limited to the range from <paramref name="low"/> to <paramref name="high"/>; the gradient is zero outside.</summary>
    public static Tensor Clip(this Tensor x, double low, double high) => low <= high
        ? new Unary<Clip>(new Clip(low, high)).ApplyOne(x)
        : throw new ArgumentException($"Clip expects low <= high but got {low} and {high}.");

    /// <summary>The larger of each pair of elements, broadcast.</summary>
    public static Tensor Maximum(this Tensor x, Tensor y) => new Binary<Maximum>(default).ApplyOne(x, y);

    /// <summary>The smaller of each pair of elements, broadcast.</summary>
    public static Tensor Minimum(this Tensor x, Tensor y) => new Binary<Minimum>(default).ApplyOne(x, y);

    /// <summary>The same numbers as another type: fractions are cut off, and what does not fit is clamped.</summary>
    public static Tensor To(this Tensor x, DataType dataType) => x.DataType == dataType ? x : new Cast(dataType).ApplyOne(x);

    /// <summary>x where <paramref name="gate"/> is positive, else 0.</summary>
    internal static Tensor Gate(this Tensor x, Tensor gate) => new Binary<Gate>(default).ApplyOne(x, gate);
}
