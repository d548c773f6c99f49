using System.Numerics.Tensors;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Operations that move elements.</summary>
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

    /// <summary>Exchanges two axes; negative ones count from the last.</summary>
    public static Tensor SwapAxes(this Tensor x, int first, int second)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] order = [.. Enumerable.Range(0, x.Rank)];
        (order[x.Shape.Axis(first)], order[x.Shape.Axis(second)]) = (x.Shape.Axis(second), x.Shape.Axis(first));
        return x.Transpose(order);
    }

    /// <summary>Moves an axis to another place; the others keep their order. Negative axes count from the last.</summary>
    public static Tensor MoveAxis(this Tensor x, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(x);
        List<int> order = [.. Enumerable.Range(0, x.Rank)];
        order.RemoveAt(x.Shape.Axis(from));
        order.Insert(x.Shape.Axis(to), x.Shape.Axis(from));
        return x.Transpose([.. order]);
    }

    /// <summary>The elements from <paramref name="start"/> on along one axis. For several axes at once see the indexer of <see cref="Tensor"/>.</summary>
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
        return new Slice(first, x.Shape.With(axis, length), Blocks.Ones(x.Rank)).ApplyOne(x);
    }

    /// <summary>Reverses the order along axes, by default all of them; negative ones count from the last.</summary>
    public static Tensor Flip(this Tensor x, params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(axes);
        return new Flip(axes.Length == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. axes.Select(x.Shape.Axis).Distinct().Order()]).ApplyOne(x);
    }

    /// <summary>Shifts the elements along an axis, towards higher indices; what goes out at the end comes in at the beginning.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="shift">By how many places; negative numbers shift the other way.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    public static Tensor Roll(this Tensor x, int shift, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        int length = x.Shape[axis];
        int moved = length == 0 ? 0 : (int)((((long)shift % length) + length) % length);
        return moved == 0 ? x : Concatenate(axis, x.Slice(axis, length - moved, moved), x.Slice(axis, 0, length - moved));
    }

    /// <summary>Repeats the whole tensor side by side along each axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="repeats">How often for each axis.</param>
    /// <exception cref="ArgumentException">There is not a number for each axis.</exception>
    public static Tensor Tile(this Tensor x, params int[] repeats)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(repeats);
        if (repeats.Length != x.Rank)
        {
            throw new ArgumentException($"Tile expects a number of repeats for each axis of {x.Shape} but got [{string.Join(", ", repeats)}].");
        }

        int[] single = [.. x.Shape.SelectMany(size => new[] { 1, size })];
        int[] wide = [.. x.Shape.Zip(repeats).SelectMany(pair => new[] { pair.Second, pair.First })];
        Shape shape = x.Shape.Zip(repeats, (size, repeat) => checked(size * repeat)).ToArray();
        return new Reshape(shape).ApplyOne(new Reshape(single).ApplyOne(x).BroadcastTo(wide));
    }

    /// <summary>The elements on the diagonal and below it in the last two axes, and zeros above.</summary>
    /// <param name="x"><c>[..., rows, columns]</c>.</param>
    /// <param name="diagonal">By how many columns the diagonal is moved to the right.</param>
    public static Tensor LowerTriangle(this Tensor x, int diagonal = 0) => x.Triangle(diagonal, below: true);

    /// <summary>The elements on the diagonal and above it in the last two axes, and zeros below.</summary>
    /// <param name="x"><c>[..., rows, columns]</c>.</param>
    /// <param name="diagonal">By how many columns the diagonal is moved to the right.</param>
    public static Tensor UpperTriangle(this Tensor x, int diagonal = 0) => x.Triangle(diagonal, below: false);

    /// <summary>For each element the sum of those up to it along an axis, itself included.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="fromEnd">Whether to sum from the end of the axis instead.</param>
    public static Tensor CumulativeSum(this Tensor x, int axis = -1, bool fromEnd = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return new CumulativeSum(x.Shape.Axis(axis), fromEnd).ApplyOne(x);
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

    /// <summary>Parts of the given lengths along an axis, as in <c>x.Split(-1, [3, 1])</c>.</summary>
    /// <exception cref="ArgumentException">The lengths do not sum to the size of the axis.</exception>
    public static Tensor[] Split(this Tensor x, int axis, ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor[] parts = new Tensor[lengths.Length];
        if (TensorPrimitives.Sum(lengths) != x.Shape[axis])
        {
            throw new ArgumentException($"Split into [{string.Join(", ", lengths.ToArray())}] does not sum to axis {axis} of {x.Shape}.");
        }

        for (int part = 0, start = 0; part < parts.Length; start += lengths[part++])
        {
            parts[part] = x.Slice(axis, start, lengths[part]);
        }

        return parts;
    }

    /// <summary>Drops axes of size 1, by default all of them; negative ones count from the last.</summary>
    /// <exception cref="ArgumentException">An axis has another size.</exception>
    public static Tensor Squeeze(this Tensor x, params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(axes);
        int[] dropped = axes.Length > 0 ? [.. axes.Select(x.Shape.Axis)] : [.. Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis] == 1)];
        return Array.TrueForAll(dropped, axis => x.Shape[axis] == 1)
            ? new Reshape([.. Enumerable.Range(0, x.Rank).Except(dropped).Select(axis => x.Shape[axis])]).ApplyOne(x)
            : throw new ArgumentException($"Squeeze drops axes of size 1, but axes [{string.Join(", ", axes)}] of {x.Shape} are not all.");
    }

    /// <summary>Adds an axis of size 1 before <paramref name="axis"/>; -1 adds it behind the last.</summary>
    public static Tensor ExpandDimensions(this Tensor x, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        int at = axis < 0 ? axis + x.Rank + 1 : axis;
        return new Reshape([.. x.Shape.Take(at), 1, .. x.Shape.Skip(at)]).ApplyOne(x);
    }

    private static Tensor Triangle(this Tensor x, int diagonal, bool below)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2)
        {
            throw new ArgumentException($"A triangle is of matrices [..., rows, columns] but got {x.Shape}.");
        }

        Tensor rows = Tensor.Range(x.Shape[-2]).ExpandDimensions(-1);
        Tensor columns = Tensor.Range(x.Shape[-1]) - diagonal;
        return (below ? columns <= rows : columns >= rows).Where(x, 0);
    }
}
