using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>The dimensions of a tensor, outermost first; a scalar has none. Immutable, compared by value.</summary>
/// <example><code>Shape images = [64, 28, 28, 1];</code></example>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[] dimensions;

    private Shape(int[] dimensions)
    {
        this.dimensions = dimensions;
        ElementCount = Count(dimensions);
    }

    /// <summary>The shape of a scalar: no dimensions, one element.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>The number of dimensions.</summary>
    public int Rank => dimensions.Length;

    /// <summary>The number of elements: the product of the dimensions.</summary>
    public int ElementCount { get; }

    int IReadOnlyCollection<int>.Count => dimensions.Length;

    /// <summary>The size along <paramref name="axis"/>; negative axes count from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => dimensions[Axis(axis)];

    /// <summary>A shape of the given dimensions.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the number of elements is above 2,147,483,647.</exception>
    public static Shape Create(ReadOnlySpan<int> dimensions) => dimensions.IsEmpty && Scalar is not null ? Scalar : new(dimensions.ToArray());

    /// <summary>A shape of the given dimensions.</summary>
    public static implicit operator Shape(int[] dimensions) => Create(dimensions);

    /// <summary>Whether both have the same dimensions.</summary>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the dimensions differ.</summary>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <summary>The dimensions as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => dimensions;

    /// <summary>A copy of the dimensions.</summary>
    public int[] ToArray() => [.. dimensions];

    /// <summary>The axis as a number from 0; negative ones count from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int Axis(int axis) => axis >= -Rank && axis < Rank
        ? (axis < 0 ? axis + Rank : axis)
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"Shape {this} has no axis {axis}.");

    /// <summary>The product of the dimensions from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public int Product(int start, int end)
    {
        int product = 1;
        for (int axis = start; axis < end; axis++)
        {
            product *= dimensions[axis];
        }

        return product;
    }

    /// <summary>This shape with another size along one axis.</summary>
    public Shape With(int axis, int size)
    {
        int[] changed = [.. dimensions];
        changed[Axis(axis)] = size;
        return new(changed);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis)
    {
        int removed = Axis(axis);
        return Create([.. dimensions[..removed], .. dimensions[(removed + 1)..]]);
    }

    /// <summary>The shape that both broadcast to, by NumPy's rule: align at the last axis, sizes equal or one of them 1.</summary>
    /// <returns>The common shape, or null when there is none.</returns>
    public static Shape? Broadcast(Shape left, Shape right)
    {
        if (left.Equals(right))
        {
            return left;
        }

        int[] result = new int[Math.Max(left.Rank, right.Rank)];
        for (int back = 1; back <= result.Length; back++)
        {
            int a = back <= left.Rank ? left.dimensions[^back] : 1;
            int b = back <= right.Rank ? right.dimensions[^back] : 1;
            if (a != b && a != 1 && b != 1)
            {
                return null;
            }

            result[^back] = a == 1 ? b : a;
        }

        return new(result);
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && dimensions.AsSpan().SequenceEqual(other.dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int dimension in dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>The dimensions as in <c>[64, 28, 28, 1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", dimensions)}]";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => dimensions.GetEnumerator();

    private static int Count(int[] dimensions)
    {
        long count = 1;
        foreach (int dimension in dimensions)
        {
            if (dimension < 0)
            {
                throw new ArgumentException($"A shape has no negative dimension, but got [{string.Join(", ", dimensions)}].");
            }

            count = count > int.MaxValue ? count : count * dimension;
        }

        // A dimension of zero makes the tensor empty however large the others are.
        return dimensions.Contains(0) ? 0 : count <= int.MaxValue
            ? (int)count
            : throw new ArgumentException($"A tensor holds at most {int.MaxValue} elements, but [{string.Join(", ", dimensions)}] has more.");
    }
}
