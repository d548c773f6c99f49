namespace Nabla.Ops.Products;

/// <summary>
/// <c>x kernel + bias</c>, rectified if asked for, in one pass over the results. Inputs: x <c>[rows, inputs]</c>, the kernel <c>[inputs, units]</c>, the bias
/// <c>[units]</c>.
/// </summary>
/// <param name="Rectifies">Whether negative results become zero.</param>
internal sealed record DenseProduct(bool Rectifies) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType x, TensorType kernel, TensorType bias) = (inputs[0], inputs[1], inputs[2]);
        bool fit = x.DataType.IsFloating && x.Shape.Rank == 2 && kernel.DataType == x.DataType && kernel.Shape.Rank == 2 && kernel.Shape[0] == x.Shape[1];
        return fit && bias == kernel with { Shape = [kernel.Shape[1]] }
            ? [x with { Shape = [x.Shape[0], kernel.Shape[1]] }]
            : throw Error($"expects [rows, inputs], [inputs, units] and [units] of one floating-point type but got {x}, {kernel} and {bias}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor cotangent = Rectifies ? cotangents[0]!.Gate(outputs[0]) : cotangents[0]!;
        return
        [
            wanted[0] ? new MatMul(TransposeRight: true).ApplyOne(cotangent, inputs[1]) : null,
            wanted[1] ? new MatMul(TransposeLeft: true).ApplyOne(inputs[0], cotangent) : null,
            wanted[2] ? cotangent.Sum([0]) : null,
        ];
    }

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => (double)outputs[0].Shape.ElementCount * inputs[0].Shape[1];
}
