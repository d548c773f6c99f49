using Nabla.Ops.Products;

namespace Nabla.Ops.Indexing;

/// <summary>
/// The rows of a table that indices name, each once. Inputs: a table <c>[size, width]</c>, and int32 or int64 indices. Results: the rows
/// <c>[most, width]</c>, in ascending order of their indices; those int32 indices <c>[most]</c>; and for each index the int32 place of its row, in the shape of the
/// indices. Here <c>most</c> is the number of indices but at most <c>size</c>; behind the last row are zeros with the index <c>size</c>.
/// </summary>
/// <param name="Blank">The index whose row counts as zeros; null for none.</param>
internal sealed record DistinctRows(int? Blank = null) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType table, TensorType indices) = (inputs[0], inputs[1]);
        if (!table.DataType.IsFloating || table.Shape.Rank != 2 || indices.DataType is not (DataType.Int32 or DataType.Int64))
        {
            throw Error($"expects a floating-point table [size, width] and int32 or int64 indices but got {table} and {indices}.");
        }

        int most = Math.Min(table.Shape[0], indices.Shape.ElementCount);
        return [table with { Shape = [most, table.Shape[1]] }, new TensorType(DataType.Int32, [most]), indices with { DataType = DataType.Int32 }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw ProductPacking.Late(this);
}
