namespace Nabla.Ops.Products;

/// <summary>
/// The right operand of a matrix product, <c>[steps, columns]</c>, in the order in which its kernel reads it: <c>[elements]</c>. An executable does this when
/// the operand has changed, instead of in each run.
/// </summary>
/// <param name="Elements">How many numbers come out.</param>
internal sealed record ProductPacking(long Elements) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = [checked((int)Elements)] }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw Late(this);

    /// <summary>What is wrong with differentiating ops that an executable makes.</summary>
    internal static NotSupportedException Late(Op op) => new($"{op.Name} stands in executables alone, which are not differentiated: take the gradient before.");
}

/// <summary>A product with a packed right operand as its second input.</summary>
/// <param name="Product">The product of plain operands: <see cref="DenseProduct"/>, or <see cref="MatMul"/> of two matrices as they are.</param>
/// <param name="Right">The shape of the right operand before.</param>
internal sealed record PackedProduct(Op Product, Shape Right) : Op
{
    /// <summary>Whether negative results become zero.</summary>
    public bool Rectifies => Product is DenseProduct { Rectifies: true };

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Product.Infer(Plain(inputs));

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw ProductPacking.Late(this);

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Product.MultiplyAdds(Plain(inputs), outputs);

    private TensorType[] Plain(ReadOnlySpan<TensorType> inputs) => [inputs[0], inputs[1] with { Shape = Right }, .. inputs[2..]];
}
