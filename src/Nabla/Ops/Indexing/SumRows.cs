namespace Nabla.Ops.Indexing;

/// <summary>
/// Adds up rows that have the same index, each sum in the order of the rows: what of the gradient of a table is not zero. Inputs: rows, whose first axes
/// are those of the indices, and int32 or int64 indices from 0 to <c>Size</c>; rows with the index <c>Size</c> do not count. Results: the sums
/// <c>[most, ...]</c> and their int32 indices <c>[most]</c>, ascending, where <c>most</c> is the number of rows but at most <c>Size</c>; behind the last sum are
/// zeros with the index <c>Size</c>.
/// </summary>
/// <param name="Size">The rows of the table.</param>
/// <param name="Blank">The index whose sum is zero, whatever its rows are; null for none.</param>
/// <param name="Fills">Whether zeros are written behind the last sum; otherwise nothing is.</param>
internal sealed record SumRows(int Size, int? Blank = null, bool Fills = true) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType rows, TensorType indices) = (inputs[0], inputs[1]);
        bool fits = rows.DataType.IsFloating && indices.DataType is DataType.Int32 or DataType.Int64 && rows.Shape.Take(indices.Shape.Rank).SequenceEqual(indices.Shape);
        int most = Math.Min(Size, indices.Shape.ElementCount);
        return fits
            ? [rows with { Shape = [most, .. rows.Shape.Skip(indices.Shape.Rank)] }, new TensorType(DataType.Int32, [most])]
            : throw Error($"expects floating-point rows whose first axes are those of int32 or int64 indices but got {rows} and {indices}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        if (Blank is not null || !Fills)
        {
            throw Products.ProductPacking.Late(this);
        }

        // The row behind the table takes what does not count, and is zero again when it is read.
        Tensor table = new Scatter(0, Size + 1).ApplyOne(cotangents[0]!, outputs[1]).Slice(0, 0, Size);
        return [new Gather(0).ApplyOne(table.Pad(0, 0, 1), inputs[1]), null];
    }

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[0].Shape.ElementCount;
}
