using Nabla.Ops.Products;
using Nabla.Ops.Shapes;

namespace Nabla;

/// <summary>Products of matrices.</summary>
public static class ProductOps
{
    /// <summary>
    /// The products of matrices by NumPy's rules: the last two axes are <c>[rows, inner]</c> and <c>[inner, columns]</c>, the axes before them a batch,
    /// which broadcasts. A left vector is one row, a right vector one column; their axis is not in the result.
    /// </summary>
    /// <param name="left"><c>[..., rows, inner]</c> or <c>[inner]</c>, float32 or float64.</param>
    /// <param name="right"><c>[..., inner, columns]</c> or <c>[inner]</c>, of the same type.</param>
    /// <param name="transposeLeft">Whether the left matrices are given as <c>[..., inner, rows]</c>; it costs nothing.</param>
    /// <param name="transposeRight">Whether the right matrices are given as <c>[..., columns, inner]</c>; it costs nothing.</param>
    /// <returns><c>[..., rows, columns]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    /// <example><code>Tensor scores = queries.MatMul(keys, transposeRight: true); // [batch, heads, time, size] twice: [batch, heads, time, time]</code></example>
    public static Tensor MatMul(this Tensor left, Tensor right, bool transposeLeft = false, bool transposeRight = false)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Rank == 1 || right.Rank == 1)
        {
            return OfVectors(left, right, transposeLeft, transposeRight);
        }

        MatMul op = new(transposeLeft, transposeRight);
        if (left.Rank <= 2 || right.Rank != 2 || transposeLeft || left.Shape[-1] != right.Shape[transposeRight ? 1 : 0])
        {
            return op.ApplyOne(left, right);
        }

        // One matrix for the whole batch: the batch is only more rows.
        Shape outer = left.Shape.Without(-1);
        Tensor rows = op.ApplyOne(new Reshape([outer.ElementCount, left.Shape[-1]]).ApplyOne(left), right);
        return new Reshape([.. outer, rows.Shape[1]]).ApplyOne(rows);
    }

    private static Tensor OfVectors(Tensor left, Tensor right, bool transposeLeft, bool transposeRight)
    {
        bool leftIsRow = left.Rank == 1;
        bool rightIsColumn = right.Rank == 1;
        Tensor row = leftIsRow ? new Reshape([1, left.Shape[0]]).ApplyOne(left) : left;
        Tensor column = rightIsColumn ? new Reshape([right.Shape[0], 1]).ApplyOne(right) : right;
        Tensor product = row.MatMul(column, transposeLeft && !leftIsRow, transposeRight && !rightIsColumn);
        Shape shape = rightIsColumn ? product.Shape.Without(-1) : product.Shape;
        return new Reshape(leftIsRow ? shape.Without(rightIsColumn ? -1 : -2) : shape).ApplyOne(product);
    }
}
