using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Operations that move elements and compute nothing.</summary>
public static class ShapeOps
{
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

    /// <summary>Repeats axes of size 1 and adds outer axes until the shape is <paramref name="shape"/>.</summary>
    public static Tensor BroadcastTo(this Tensor x, Shape shape) => x.Shape == shape ? x : new BroadcastTo(shape).ApplyOne(x);

    /// <summary>Reorders the axes: axis i of the result is axis <c>axes[i]</c> of <paramref name="x"/>; without axes their order is reversed.</summary>
    /// <exception cref="ArgumentException">The axes are not each axis once.</exception>
    public static Tensor Transpose(this Tensor x, params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(axes);
        int[] order = axes.Length == 0 ? [.. Enumerable.Range(0, x.Rank).Reverse()] : [.. axes.Select(x.Shape.Axis)];
        return order.SequenceEqual(Enumerable.Range(0, x.Rank)) ? x : new Transpose(order).ApplyOne(x);
    }

    /// <summary>The elements from <paramref name="start"/> on along one axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="start">The first index.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public static Tensor Slice(this Tensor x, int axis, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        int[] first = new int[x.Rank];
        first[x.Shape.Axis(axis)] = start;
        return new Slice(first, x.Shape.With(axis, length)).ApplyOne(x);
    }

    /// <summary>Adds zeros before and behind along one axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="before">How many before.</param>
    /// <param name="after">How many behind.</param>
    public static Tensor Pad(this Tensor x, int axis, int before, int after)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        int[] start = new int[x.Rank];
        start[x.Shape.Axis(axis)] = before;
        return new Pad(start, x.Shape.With(axis, checked(before + x.Shape[axis] + after))).ApplyOne(x);
    }

    /// <summary>Puts tensors one behind the other along an axis.</summary>
    /// <exception cref="ArgumentException">The tensors differ in more than that axis.</exception>
    public static Tensor Concatenate(int axis, params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return tensors.Length > 0
            ? new Concatenate(tensors[0].Shape.Axis(axis)).ApplyOne(tensors)
            : throw new ArgumentException("Concatenate expects one tensor at least.");
    }

    /// <summary>Puts tensors of one shape side by side along a new axis.</summary>
    public static Tensor Stack(int axis, params Tensor[] tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return Concatenate(axis, [.. tensors.Select(tensor => tensor.ExpandDimensions(axis))]);
    }

    /// <summary>Parts of equal length along an axis.</summary>
    /// <exception cref="ArgumentException">The axis cannot be divided so.</exception>
    public static Tensor[] Split(this Tensor x, int axis, int parts)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        int length = x.Shape[axis] / parts;
        return length * parts == x.Shape[axis]
            ? [.. Enumerable.Range(0, parts).Select(part => x.Slice(axis, part * length, length))]
            : throw new ArgumentException($"Split cannot cut axis {axis} of {x.Shape} into {parts} equal parts.");
    }

    /// <summary>Adds an axis of size 1 before <paramref name="axis"/>; -1 adds it behind the last.</summary>
    public static Tensor ExpandDimensions(this Tensor x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        int at = axis < 0 ? axis + x.Rank + 1 : axis;
        return new Reshape([.. x.Shape.Take(at), 1, .. x.Shape.Skip(at)]).ApplyOne(x);
    }
}
