using Nabla.Ops.Indexing;

namespace Nabla.Ops.Products;

/// <summary>
/// A product of matrices of which only the first rows count, as many as <see cref="DistinctRows"/> or <see cref="SumRows"/> found. Inputs: those of the product, and the
/// int32 indices of the rows <c>[most]</c>, ascending, <c>Size</c> for those that do not count. These are not read. With a transposed left operand the
/// product sums over the rows that count; otherwise they are those of the result. How many operations that takes is not known from shapes, so none are counted.
/// </summary>
/// <param name="Product">The product: <see cref="DenseProduct"/>, or <see cref="MatMul"/> of two matrices.</param>
/// <param name="Size">The index of rows that do not count.</param>
/// <param name="Fills">Whether zeros are written behind the last row of the result; otherwise nothing is.</param>
internal sealed record CountedProduct(Op Product, int Size, bool Fills = false) : Op
{
    /// <summary>Whether the rows that count are summed over.</summary>
    public bool SumsRows => Product is MatMul { TransposeLeft: true };

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType rows = new(DataType.Int32, [inputs[0].Shape[0]]);
        return inputs[^1] == rows && inputs[0].Shape.Rank == 2 && inputs[1].Shape.Rank == 2
            ? Product.Infer(inputs[..^1])
            : throw Error($"expects matrices and the indices of the rows, {rows}, but got {inputs[0]}, {inputs[1]} and {inputs[^1]}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw ProductPacking.Late(this);
}
