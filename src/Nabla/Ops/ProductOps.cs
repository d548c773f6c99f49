using Nabla.Ops.Products;

namespace Nabla;

/// <summary>Products of matrices.</summary>
public static class ProductOps
{
    /// <summary>The product of two matrices, <c>[rows, inner]</c> and <c>[inner, columns]</c>.</summary>
    public static Tensor MatMul(this Tensor left, Tensor right) => new MatMul().ApplyOne(left, right);
}
