using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Operations that put elements around a tensor.</summary>
public static class PaddingOps
{
    /// <summary>Adds elements before and behind along one axis.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="before">How many before.</param>
    /// <param name="after">How many behind.</param>
    /// <param name="mode">What stands there.</param>
    /// <param name="value">The value of a constant padding.</param>
    /// <exception cref="ArgumentException">The axis has too few elements to mirror or repeat.</exception>
    public static Tensor Pad(this Tensor x, int axis, int before, int after, PadMode mode = PadMode.Constant, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        int along = x.Shape.Axis(axis);
        if (before == 0 && after == 0)
        {
            return x;
        }

        return mode switch
        {
            PadMode.Reflect => x.Reflect(along, before, after),
            PadMode.Edge => x.Extend(along, before, after),
            _ => x.Surround(along, before, after, value),
        };
    }

    /// <summary>Adds elements before and behind along all axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="sizes">For each axis how many before and behind.</param>
    /// <param name="mode">What stands there.</param>
    /// <param name="value">The value of a constant padding.</param>
    /// <exception cref="ArgumentException">There is not a pair for each axis, or an axis has too few elements to mirror or repeat.</exception>
    public static Tensor Pad(this Tensor x, ReadOnlySpan<(int Before, int After)> sizes, PadMode mode = PadMode.Constant, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (sizes.Length != x.Rank)
        {
            throw new ArgumentException($"Pad expects a pair of sizes for each axis of {x.Shape} but got {sizes.Length}.");
        }

        Tensor padded = x;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            padded = padded.Pad(axis, sizes[axis].Before, sizes[axis].After, mode, value);
        }

        return padded;
    }

    private static Tensor Surround(this Tensor x, int axis, int before, int after, double value)
    {
        _ = x.Constant(value);
        int[] start = new int[x.Rank];
        start[axis] = before;
        return new Pad(start, x.Shape.With(axis, checked(before + x.Shape[axis] + after)), Blocks.Ones(x.Rank), value).ApplyOne(x);
    }

    private static Tensor Reflect(this Tensor x, int axis, int before, int after)
    {
        int length = x.Shape[axis];
        if (before >= length || after >= length)
        {
            throw new ArgumentException($"Pad can mirror at most {Math.Max(0, length - 1)} elements of axis {axis} of {x.Shape} but got {before} and {after}.");
        }

        return ShapeOps.Concatenate(axis, x.Slice(axis, 1, before).Flip(axis), x, x.Slice(axis, length - 1 - after, after).Flip(axis));
    }

    private static Tensor Extend(this Tensor x, int axis, int before, int after)
    {
        int length = x.Shape[axis];
        if (length == 0)
        {
            throw new ArgumentException($"Pad finds no edge to repeat along axis {axis} of {x.Shape}.");
        }

        Tensor first = x.Slice(axis, 0, 1).BroadcastTo(x.Shape.With(axis, before));
        return ShapeOps.Concatenate(axis, first, x, x.Slice(axis, length - 1, 1).BroadcastTo(x.Shape.With(axis, after)));
    }
}
