using Nabla.Ops;
using Nabla.Ops.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Operations that make one number of many. Without axes they take all; negative axes count from the last.</summary>
public static class ReductionOps
{
    /// <summary>The sum over axes, by default all of them. Integers and booleans are summed as int64.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes; negative ones count from the last.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public static Tensor Sum(this Tensor x, int[]? axes = null, bool keepDimensions = false) =>
        Reduce(x.Summable(), axes, keepDimensions, sorted => new Sum(sorted));

    /// <summary>The mean over axes, by default all of them. Of integers and booleans it is a float32.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Mean(this Tensor x, int[]? axes = null, bool keepDimensions = false)
    {
        Tensor sum = x.Sum(axes, keepDimensions);
        double scale = (double)sum.ElementCount / Math.Max(1, x.ElementCount);
        return x.DataType.IsFloating ? sum * scale : (sum.To(DataType.Float64) * scale).To(DataType.Float32);
    }

    /// <summary>The product over axes, by default all of them. Integers and booleans are multiplied as int64.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Prod(this Tensor x, int[]? axes = null, bool keepDimensions = false) =>
        Reduce(x.Summable(), axes, keepDimensions, sorted => new Product(sorted));

    /// <summary>The largest number over axes, by default all of them. NaN wins; equal ones share the gradient in equal parts.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Max(this Tensor x, int[]? axes = null, bool keepDimensions = false) => Reduce(x, axes, keepDimensions, sorted => new Max(sorted));

    /// <summary>The smallest number over axes, by default all of them. NaN wins; equal ones share the gradient in equal parts.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Min(this Tensor x, int[]? axes = null, bool keepDimensions = false) => Reduce(x, axes, keepDimensions, sorted => new Min(sorted));

    /// <summary>Whether any boolean over axes is true; of none it is false.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Any(this Tensor x, int[]? axes = null, bool keepDimensions = false) => x.Truth().Max(axes, keepDimensions);

    /// <summary>Whether all booleans over axes are true; of none it is true.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor All(this Tensor x, int[]? axes = null, bool keepDimensions = false) => x.Truth().Min(axes, keepDimensions);

    /// <summary>The mean of the squared differences from the mean over axes, by default all of them.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes; negative ones count from the last.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    /// <param name="correction">Subtracted from the number of elements that the sum is divided by: 1 for the variance of a population estimated from a sample.</param>
    public static Tensor Variance(this Tensor x, int[]? axes = null, bool keepDimensions = false, int correction = 0)
    {
        Tensor variance = (x - x.Mean(axes, keepDimensions: true)).Square().Mean(axes, keepDimensions);
        double count = (double)x.ElementCount / Math.Max(1, variance.ElementCount);
        return correction == 0 ? variance : variance * (count / (count - correction));
    }

    /// <summary>The square root of the variance over axes, by default all of them.</summary>
    /// <inheritdoc cref="Variance"/>
    public static Tensor StandardDeviation(this Tensor x, int[]? axes = null, bool keepDimensions = false, int correction = 0) =>
        x.Variance(axes, keepDimensions, correction).Sqrt();

    /// <summary>log(sum(exp(x))) over axes, by default all of them, without overflow.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor LogSumExp(this Tensor x, int[]? axes = null, bool keepDimensions = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] sorted = Sorted(x, axes);
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(sorted)];
        Shape shape = keepDimensions ? sorted.Aggregate(x.Shape, (shape, axis) => shape.With(axis, 1)) : [.. others.Select(axis => x.Shape[axis])];

        // Neighbouring axes are one; others are brought together first.
        bool apart = sorted.Length > 0 && sorted[^1] - sorted[0] != sorted.Length - 1;
        Tensor together = apart ? x.Transpose([.. others, .. sorted]) : x;
        int first = apart ? others.Length : sorted.FirstOrDefault();
        Tensor merged = together.Reshape([.. together.Shape.Take(first), together.Shape.Product(first, first + sorted.Length), .. together.Shape.Skip(first + sorted.Length)]);
        return new Reshape(shape).ApplyOne(new LogSumExp(first).ApplyOne(merged));
    }

    /// <summary>The int32 index along an axis of the largest number, the first if there are several. NaN wins. It has no gradient.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="keepDimensions">Whether the axis stays, with size 1.</param>
    public static Tensor ArgMax(this Tensor x, int axis = -1, bool keepDimensions = false) => x.ArgExtreme(axis, keepDimensions, largest: true);

    /// <summary>The int32 index along an axis of the smallest number, the first if there are several. NaN wins. It has no gradient.</summary>
    /// <inheritdoc cref="ArgMax"/>
    public static Tensor ArgMin(this Tensor x, int axis = -1, bool keepDimensions = false) => x.ArgExtreme(axis, keepDimensions, largest: false);

    /// <summary>Sums what broadcasting repeated: the gradient of a broadcast.</summary>
    internal static Tensor SumTo(this Tensor x, Shape shape)
    {
        if (x.Shape == shape)
        {
            return x;
        }

        int added = x.Rank - shape.Rank;
        int[] axes = [.. Enumerable.Range(0, x.Rank).Where(axis => axis < added || (shape[axis - added] == 1 && x.Shape[axis] != 1))];
        return new Reshape(shape).ApplyOne(x.Sum(axes, keepDimensions: true));
    }

    private static Tensor Reduce(Tensor x, int[]? axes, bool keepDimensions, Func<Shape, Op> op)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] sorted = Sorted(x, axes);
        Tensor result = sorted.Length == 0 ? x : op(sorted).ApplyOne(x);
        return keepDimensions || sorted.Length == 0
            ? result
            : new Reshape([.. Enumerable.Range(0, x.Rank).Except(sorted).Select(axis => x.Shape[axis])]).ApplyOne(result);
    }

    private static Tensor ArgExtreme(this Tensor x, int axis, bool keepDimensions, bool largest)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor indices = new ArgExtreme(x.Shape.Axis(axis), largest).ApplyOne(x);
        return keepDimensions ? indices : new Reshape(x.Shape.Without(axis)).ApplyOne(indices);
    }

    private static int[] Sorted(Tensor x, int[]? axes) =>
        axes is null ? [.. Enumerable.Range(0, x.Rank)] : [.. axes.Select(x.Shape.Axis).Distinct().Order()];

    private static Tensor Summable(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DataType.IsFloating ? x : x.To(DataType.Int64);
    }

    private static Tensor Truth(this Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DataType == DataType.Bool ? x : throw new ArgumentException($"Any and All expect booleans but got {x.DataType.Label} {x.Shape}: compare first.");
    }
}
