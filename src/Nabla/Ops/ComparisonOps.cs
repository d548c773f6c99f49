using Nabla.Ops.Elementwise;

namespace Nabla;

/// <summary>Comparisons of elements, which give tensors of type bool, and what is done with those. Shapes broadcast; none of them but <c>Where</c> has a gradient.</summary>
public static class ComparisonOps
{
    /// <summary>Whether each pair of elements is equal; NaN equals nothing.</summary>
    public static Tensor Equal(this Tensor x, Tensor y) => new Compare<Equal>(default).ApplyOne(x, y);

    /// <summary>Whether each element equals a number.</summary>
    public static Tensor Equal(this Tensor x, double y) => x.Equal(x.Constant(y));

    /// <summary>Whether each pair of elements differs.</summary>
    public static Tensor NotEqual(this Tensor x, Tensor y) => new Compare<NotEqual>(default).ApplyOne(x, y);

    /// <summary>Whether each element differs from a number.</summary>
    public static Tensor NotEqual(this Tensor x, double y) => x.NotEqual(x.Constant(y));

    /// <summary>Whether each x is above its y. The operator &gt; is the same.</summary>
    public static Tensor Greater(this Tensor x, Tensor y) => new Compare<Greater>(default).ApplyOne(x, y);

    /// <summary>Whether each element is above a number.</summary>
    public static Tensor Greater(this Tensor x, double y) => x.Greater(x.Constant(y));

    /// <summary>Whether each x is at least its y. The operator &gt;= is the same.</summary>
    public static Tensor GreaterOrEqual(this Tensor x, Tensor y) => new Compare<GreaterOrEqual>(default).ApplyOne(x, y);

    /// <summary>Whether each element is at least a number.</summary>
    public static Tensor GreaterOrEqual(this Tensor x, double y) => x.GreaterOrEqual(x.Constant(y));

    /// <summary>Whether each x is below its y. The operator &lt; is the same.</summary>
    public static Tensor Less(this Tensor x, Tensor y) => y.Greater(x);

    /// <summary>Whether each element is below a number.</summary>
    public static Tensor Less(this Tensor x, double y) => x.Less(x.Constant(y));

    /// <summary>Whether each x is at most its y. The operator &lt;= is the same.</summary>
    public static Tensor LessOrEqual(this Tensor x, Tensor y) => y.GreaterOrEqual(x);

    /// <summary>Whether each element is at most a number.</summary>
    public static Tensor LessOrEqual(this Tensor x, double y) => x.LessOrEqual(x.Constant(y));

    /// <summary>Whether both of each pair of booleans are true.</summary>
    public static Tensor LogicalAnd(this Tensor x, Tensor y) => new Logical<And>(default).ApplyOne(x, y);

    /// <summary>Whether at least one of each pair of booleans is true.</summary>
    public static Tensor LogicalOr(this Tensor x, Tensor y) => new Logical<Or>(default).ApplyOne(x, y);

    /// <summary>Whether exactly one of each pair of booleans is true.</summary>
    public static Tensor LogicalXor(this Tensor x, Tensor y) => new Logical<Xor>(default).ApplyOne(x, y);

    /// <summary>True where a boolean is false.</summary>
    public static Tensor LogicalNot(this Tensor x) => new Logical<Xor>(default).ApplyOne(x, Tensor.Ones(Shape.Scalar, DataType.Bool));

    /// <summary>The elements of <paramref name="x"/> where the condition is true, else those of <paramref name="y"/>.</summary>
    /// <param name="condition">Booleans.</param>
    /// <param name="x">What is taken where the condition holds.</param>
    /// <param name="y">What is taken elsewhere, of the type of <paramref name="x"/>.</param>
    /// <returns>The shape that all three broadcast to.</returns>
    /// <exception cref="ArgumentException">The shapes do not broadcast or the types do not fit.</exception>
    /// <example><code>Tensor safe = x.Greater(0).Where(x, 0).Sqrt();</code></example>
    public static Tensor Where(this Tensor condition, Tensor x, Tensor y) => new Where().ApplyOne(condition, x, y);

    /// <summary>The elements of <paramref name="x"/> where the condition is true, else a number.</summary>
    public static Tensor Where(this Tensor condition, Tensor x, double y)
    {
        ArgumentNullException.ThrowIfNull(x);
        return condition.Where(x, x.Constant(y));
    }

    /// <summary>A number where the condition is true, else the elements of <paramref name="y"/>.</summary>
    public static Tensor Where(this Tensor condition, double x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        return condition.Where(y.Constant(x), y);
    }

    /// <summary>Whether each pair of elements is equal or differs by at most <c>absolute + relative * |y|</c>; NaN is close to nothing.</summary>
    /// <param name="x">Numbers or booleans.</param>
    /// <param name="y">What they are compared with.</param>
    /// <param name="relative">The part of |y| that they may differ by.</param>
    /// <param name="absolute">What they may differ by besides.</param>
    public static Tensor IsClose(this Tensor x, Tensor y, double relative = 1e-5, double absolute = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Tensor expected = y.To(DataType.Float64);
        Tensor actual = x.To(DataType.Float64);
        Tensor limit = (expected.Abs() * relative) + absolute;

        // An infinite number is close to itself alone.
        Tensor within = ((actual - expected).Abs() <= limit).LogicalAnd(limit < double.PositiveInfinity);
        return within.LogicalOr(actual.Equal(expected));
    }

    /// <summary>Whether all pairs of elements are close, as in <see cref="IsClose"/>.</summary>
    /// <inheritdoc cref="IsClose"/>
    public static bool AllClose(this Tensor x, Tensor y, double relative = 1e-5, double absolute = 1e-8) => x.IsClose(y, relative, absolute).All().Item<bool>();
}
