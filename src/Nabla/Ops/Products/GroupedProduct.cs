namespace Nabla.Ops.Products;

/// <summary>Rows <c>[rows, inputs]</c> times weights in few bits, without the weights as floats: to <c>[rows, outputs]</c>. Inputs: rows, bytes, scales.</summary>
internal sealed record GroupedProduct(GroupedFormat Format) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType x, TensorType packed, TensorType scales) = (inputs[0], inputs[1], inputs[2]);
        return x.DataType == DataType.Float32 && x.Shape.Rank == 2 && x.Shape[1] == Format.Inputs && Format.Holds(packed, scales)
            ? [x with { Shape = [x.Shape[0], packed.Shape[1]] }]
            : throw Error($"of {Format} expects float32 [rows, {Format.Inputs}], bytes and scales but got {x}, {packed} and {scales}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [wanted[0] ? cotangents[0]!.MatMul(new GroupedWhole(Format).ApplyOne(inputs[1], inputs[2]), transposeRight: true) : null, null, null];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => (double)outputs[0].Shape.ElementCount * Format.Inputs;
}

/// <summary>The columns of weights in few bits that indices name, as rows of floats: <c>[...]</c> to <c>[..., inputs]</c>. Inputs: indices, bytes, scales.</summary>
internal sealed record GroupedColumns(GroupedFormat Format) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType indices = inputs[0];
        return indices.DataType is DataType.Int32 or DataType.Int64 && Format.Holds(inputs[1], inputs[2])
            ? [new TensorType(DataType.Float32, [.. indices.Shape, Format.Inputs])]
            : throw Error($"of {Format} expects int32 or int64 indices, bytes and scales but got {indices}, {inputs[1]} and {inputs[2]}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null, null, null];
}

/// <summary>Weights in few bits as floats, <c>[inputs, outputs]</c>: for gradients and for formats without groups. Inputs: bytes, scales.</summary>
internal sealed record GroupedWhole(GroupedFormat Format) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Format.Holds(inputs[0], inputs[1])
        ? [new TensorType(DataType.Float32, [Format.Inputs, inputs[0].Shape[1]])]
        : throw Error($"of {Format} expects bytes and scales but got {inputs[0]} and {inputs[1]}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => [null, null];
}
