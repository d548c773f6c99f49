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

    /// <summary>Whether each element on the left is below that on the right, broadcast: booleans.</summary>
    public static Tensor operator <(Tensor left, Tensor right) => left.Less(right);

    /// <summary>Whether each element on the left is above that on the right, broadcast: booleans.</summary>
    public static Tensor operator >(Tensor left, Tensor right) => left.Greater(right);

    /// <summary>Whether each element on the left is at most that on the right, broadcast: booleans.</summary>
    public static Tensor operator <=(Tensor left, Tensor right) => left.LessOrEqual(right);

    /// <summary>Whether each element on the left is at least that on the right, broadcast: booleans.</summary>
    public static Tensor operator >=(Tensor left, Tensor right) => left.GreaterOrEqual(right);

    /// <summary>Whether each element is below a number: booleans.</summary>
    public static Tensor operator <(Tensor left, double right) => left.Less(right);

    /// <summary>Whether each element is above a number: booleans.</summary>
    public static Tensor operator >(Tensor left, double right) => left.Greater(right);

    /// <summary>Whether each element is at most a number: booleans.</summary>
    public static Tensor operator <=(Tensor left, double right) => left.LessOrEqual(right);

    /// <summary>Whether each element is at least a number: booleans.</summary>
    public static Tensor operator >=(Tensor left, double right) => left.GreaterOrEqual(right);

    /// <summary>A scalar of this tensor's type of element.</summary>
    /// <exception cref="ArgumentException">The elements are integers and the value is not.</exception>
    internal Tensor Constant(double value) => DataType.IsFloating || DataType == DataType.Bool || Math.Floor(value) == value
        ? Full(Shape.Scalar, value, DataType)
        : throw new ArgumentException($"{Type} has integers, which do not go with {value}: convert it with To(DataType.Float32) first.");
}
