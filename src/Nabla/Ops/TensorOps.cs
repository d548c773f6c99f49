using Nabla.Ops.Elementwise;
using Nabla.Ops.Products;
using Nabla.Ops.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>The operations on tensors, each with a gradient.</summary>
public static class TensorOps
{
    /// <summary>e to the power of each element.</summary>
    public static Tensor Exp(this Tensor x) => new Unary<Exp>(default).ApplyOne(x);

    /// <summary>The natural logarithm of each element.</summary>
    public static Tensor Log(this Tensor x) => new Unary<Log>(default).ApplyOne(x);

    /// <summary>The square root of each element.</summary>
    public static Tensor Sqrt(this Tensor x) => new Unary<Sqrt>(default).ApplyOne(x);

    /// <summary>max(x, 0) of each element; the gradient at 0 is 0.</summary>
    public static Tensor Relu(this Tensor x) => new Unary<Relu>(default).ApplyOne(x);

    /// <summary>The same numbers as another type: fractions are cut off, and what does not fit is clamped.</summary>
    public static Tensor To(this Tensor x, DataType dataType) => x.DataType == dataType ? x : new Cast(dataType).ApplyOne(x);

    /// <summary>The same elements in another shape; at most one dimension may be -1, which is what remains.</summary>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static Tensor Reshape(this Tensor x, params ReadOnlySpan<int> dimensions)
    {
        int[] resolved = dimensions.ToArray();
        int unknown = Array.IndexOf(resolved, -1);
        if (unknown >= 0)
        {
            resolved[unknown] = 1;
            int known = Math.Max(1, new TensorType(x.DataType, resolved).Shape.ElementCount);
            resolved[unknown] = x.ElementCount / known;
        }

        return new Reshape(resolved).ApplyOne(x);
    }

    /// <summary>The sum over axes, by default all of them.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes; negative ones count from the last.</param>
    /// <param name="keepDimensions">Whether the axes stay, with size 1.</param>
    public static Tensor Sum(this Tensor x, int[]? axes = null, bool keepDimensions = false)
    {
        int[] sorted = axes is null ? [.. Enumerable.Range(0, x.Rank)] : [.. axes.Select(x.Shape.Axis).Distinct().Order()];
        Tensor result = x;
        for (int end = sorted.Length - 1; end >= 0;)
        {
            int start = end;
            while (start > 0 && sorted[start - 1] == sorted[start] - 1)
            {
                start--;
            }

            result = new Sum(sorted[start], sorted[end]).ApplyOne(result);
            end = start - 1;
        }

        return keepDimensions || sorted.Length == 0
            ? result
            : new Reshape([.. Enumerable.Range(0, x.Rank).Except(sorted).Select(axis => x.Shape[axis])]).ApplyOne(result);
    }

    /// <summary>The mean over axes, by default all of them.</summary>
    /// <inheritdoc cref="Sum"/>
    public static Tensor Mean(this Tensor x, int[]? axes = null, bool keepDimensions = false)
    {
        Tensor sum = x.Sum(axes, keepDimensions);
        return sum * ((double)sum.ElementCount / Math.Max(1, x.ElementCount));
    }

    /// <summary>Repeats axes of size 1 and adds outer axes until the shape is <paramref name="shape"/>.</summary>
    public static Tensor BroadcastTo(this Tensor x, Shape shape) => x.Shape == shape ? x : new BroadcastTo(shape).ApplyOne(x);

    /// <summary>The product of two matrices, <c>[rows, inner]</c> and <c>[inner, columns]</c>.</summary>
    public static Tensor MatMul(this Tensor left, Tensor right) => new MatMul().ApplyOne(left, right);

    /// <summary>The logarithm of the softmax over the last axis.</summary>
    public static Tensor LogSoftmax(this Tensor logits) => new LogSoftmax().ApplyOne(logits);

    /// <summary>exp(x) / sum(exp(x)) over the last axis: numbers that sum to 1.</summary>
    public static Tensor Softmax(this Tensor logits) => logits.LogSoftmax().Exp();

    /// <summary>For each row of <c>[rows, classes]</c> the element that an int32 index <c>[rows]</c> names.</summary>
    public static Tensor Pick(this Tensor rows, Tensor indices) => new Pick().ApplyOne(rows, indices);

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

    /// <summary>x where <paramref name="gate"/> is positive, else 0.</summary>
    internal static Tensor Gate(this Tensor x, Tensor gate) => new Binary<Gate>(default).ApplyOne(x, gate);
}
