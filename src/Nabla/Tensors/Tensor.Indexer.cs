using System.Runtime.CompilerServices;
using Nabla.Ops.Shapes;

namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>A part of the tensor: for each axis one element (an int or ^int), a range, or a <see cref="Slicing"/>. Axes that are not named stay whole.</summary>
    /// <exception cref="ArgumentException">There are more slicings than axes, or elements that do not exist.</exception>
    /// <example><code>Tensor part = x[.., 1..3, ^1]; // [batch, 2] of [batch, time, features]</code></example>
    [IndexerName("Part")]
    public Tensor this[params ReadOnlySpan<Slicing> slicings]
    {
        get
        {
            Slicing[] all = Expand(slicings);
            Slicing[] taken = [.. all.Where(slicing => slicing.Kind != SlicingKind.NewAxis)];
            int[] start = new int[Rank];
            int[] size = new int[Rank];
            int[] step = new int[Rank];
            for (int axis = 0; axis < Rank; axis++)
            {
                (start[axis], size[axis], step[axis]) = Resolve(taken[axis], axis);
            }

            Tensor part = size.AsSpan().SequenceEqual(Shape.AsSpan()) ? this : new Slice(start, size, step).ApplyOne(this);
            int[] backwards = [.. Enumerable.Range(0, Rank).Where(axis => taken[axis].Step < 0)];
            return Reshaped(backwards.Length == 0 ? part : new Flip(backwards).ApplyOne(part), all);
        }
    }

    // One slicing for each axis, and those of new ones.
    private Slicing[] Expand(ReadOnlySpan<Slicing> slicings)
    {
        Slicing[] given = slicings.ToArray();
        int named = given.Count(slicing => slicing.Kind is SlicingKind.Range or SlicingKind.Element);
        int ellipses = given.Count(slicing => slicing.Kind == SlicingKind.Ellipsis);
        if (named > Rank || ellipses > 1)
        {
            throw new ArgumentException($"[{string.Join(", ", given)}] names {named} axes with {ellipses} ellipses, but the shape is {Shape}.");
        }

        Slicing[] whole = [.. Enumerable.Repeat((Slicing)System.Range.All, Rank - named)];
        Slicing[] behind = ellipses == 0 ? whole : [];
        return [.. given.SelectMany(slicing => slicing.Kind == SlicingKind.Ellipsis ? whole : [slicing]), .. behind];
    }

    private (int Start, int Size, int Step) Resolve(Slicing slicing, int axis)
    {
        int length = Shape[axis];
        int start = slicing.Range.Start.GetOffset(length);
        int end = slicing.Range.End.GetOffset(length);
        if (start < 0 || end > length || start > end)
        {
            throw new ArgumentException($"Axis {axis} of {Shape} has no part {slicing}.");
        }

        int step = Math.Abs(slicing.Step);
        int size = (end - start + step - 1) / step;

        // Backwards the last element of the range comes first.
        return (slicing.Step > 0 || size == 0 ? start : end - 1 - ((size - 1) * step), size, step);
    }

    private static Tensor Reshaped(Tensor part, Slicing[] slicings)
    {
        List<int> shape = [];
        int axis = 0;
        foreach (Slicing slicing in slicings)
        {
            if (slicing.Kind == SlicingKind.NewAxis)
            {
                shape.Add(1);
                continue;
            }

            if (slicing.Kind == SlicingKind.Range)
            {
                shape.Add(part.Shape[axis]);
            }

            axis++;
        }

        Shape result = shape.ToArray();
        return result == part.Shape ? part : new Reshape(result).ApplyOne(part);
    }
}
