using Nabla.Ops.Elementwise;

namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>The sum of each pair of elements, broadcast.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => new Binary<Add>(default).ApplyOne(left, right);

    /// <summary>The difference of each pair of elements, broadcast.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => new Binary<Subtract>(default).ApplyOne(left, right);

    /// <summary>The product of each pair of elements, broadcast. For the product of matrices see <c>MatMul</c>.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => new Binary<Multiply>(default).ApplyOne(left, right);

    /// <summary>The quotient of each pair of elements, broadcast.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => new Binary<Divide>(default).ApplyOne(left, right);

    /// <summary>Each element with the other sign.</summary>
    public static Tensor operator -(Tensor value) => new Unary<Negate>(default).ApplyOne(value);

    /// <summary>Adds a number to each element.</summary>
    public static Tensor operator +(Tensor left, double right) => left + left.Constant(right);

    /// <summary>Adds a number to each element.</summary>
    public static Tensor operator +(double left, Tensor right) => right.Constant(left) + right;

    /// <summary>Subtracts a number from each element.</summary>
    public static Tensor operator -(Tensor left, double right) => left - left.Constant(right);

    /// <summary>Subtracts each element from a number.</summary>
    public static Tensor operator -(double left, Tensor right) => right.Constant(left) - right;

    /// <summary>Multiplies each element by a number.</summary>
    public static Tensor operator *(Tensor left, double right) => left * left.Constant(right);

    /// <summary>Multiplies each element by a number.</summary>
    public static Tensor operator *(double left, Tensor right) => right.Constant(left) * right;

    /// <summary>Divides each element by a number.</summary>
    public static Tensor operator /(Tensor left, double right) => left / left.Constant(right);

    /// <summary>Divides a number by each element.</summary>
    public static Tensor operator /(double left, Tensor right) => right.Constant(left) / right;

    private Tensor Constant(double value) => Full(Shape.Scalar, value, DataType);
}
