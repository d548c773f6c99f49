using Nabla.Ops.Indexing;

namespace Nabla;

/// <summary>Operations that read and write where integer indices say. An index that does not exist is an error; none counts from the end.</summary>
public static class IndexingOps
{
    /// <summary>The parts along an axis that indices name, as a table of embeddings is read.</summary>
    /// <param name="x">Any shape with the axis.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="indices">int32 or int64 numbers of any shape, from 0 up to, not including, the size of the axis.</param>
    /// <returns>The shape of <paramref name="x"/> with that of the indices in the place of the axis.</returns>
    /// <exception cref="ArgumentException">An index is outside of the axis, or not an integer.</exception>
    /// <example><code>Tensor vectors = table.Gather(0, tokens); // [vocabulary, size] and [batch, time] give [batch, time, size]</code></example>
    public static Tensor Gather(this Tensor x, int axis, Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(x);
        return new Gather(x.Shape.Axis(axis)).ApplyOne(x, indices);
    }

    /// <summary>Adds updates to the parts along an axis that indices name; what is named several times is added several times, in order.</summary>
    /// <param name="x">What is added to.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <param name="indices">int32 or int64 numbers of any shape, from 0 up to, not including, the size of the axis.</param>
    /// <param name="updates">The shape of <paramref name="x"/> with that of the indices in the place of the axis.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or an index is outside of the axis or not an integer.</exception>
    public static Tensor ScatterAdd(this Tensor x, int axis, Tensor indices, Tensor updates)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x + new Scatter(x.Shape.Axis(axis), x.Shape[axis]).ApplyOne(updates, indices);
    }

    /// <summary>For each place of the indices the element that they name along an axis, at the same place of the other axes.</summary>
    /// <param name="x">Any shape with the axis.</param>
    /// <param name="indices">int32 or int64 numbers, of the shape of <paramref name="x"/> but for the axis.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    /// <returns>The shape of the indices.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or an index is outside of the axis or not an integer.</exception>
    /// <example><code>Tensor largest = x.TakeAlongAxis(x.ArgMax(1, keepDimensions: true), 1);</code></example>
    public static Tensor TakeAlongAxis(this Tensor x, Tensor indices, int axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        return new TakeAlongAxis(x.Shape.Axis(axis)).ApplyOne(x, indices);
    }

    /// <summary>For each row of <c>[rows, classes]</c> the element that an integer index <c>[rows]</c> names.</summary>
    public static Tensor Pick(this Tensor rows, Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(indices);
        return rows.Rank == 2 && indices.Rank == 1 && rows.Shape[0] == indices.Shape[0]
            ? rows.TakeAlongAxis(indices.Reshape(-1, 1), 1).Reshape(-1)
            : throw new ArgumentException($"Pick expects scores [rows, classes] and indices [rows] but got {rows.Shape} and {indices.Shape}.");
    }

    /// <summary>For each index zeros with a one where the index says, along a new last axis.</summary>
    /// <param name="indices">int32 or int64 numbers of any shape, from 0 up to, not including, <paramref name="depth"/>.</param>
    /// <param name="depth">The size of the new axis.</param>
    /// <param name="dataType">The type of the zeros and ones.</param>
    /// <exception cref="ArgumentException">An index is outside of the axis, or not an integer.</exception>
    public static Tensor OneHot(this Tensor indices, int depth, DataType dataType = DataType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        return new OneHot(depth, dataType).ApplyOne(indices);
    }
}
