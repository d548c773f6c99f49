namespace Nabla.Ops.Products;

/// <summary>The products of matrices, the last two axes, either of them transposed first. The axes before them are a batch, which broadcasts.</summary>
internal sealed record MatMul(bool TransposeLeft = false, bool TransposeRight = false) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType left, TensorType right) = (inputs[0], inputs[1]);
        if (left.DataType != right.DataType || !left.DataType.IsFloating || left.Shape.Rank < 2 || right.Shape.Rank < 2)
        {
            throw Error($"expects floating-point matrices of one type but got {left.DataType.Label} {left.Shape} and {right.DataType.Label} {right.Shape}.");
        }

        (int rows, int inner) = TransposeLeft ? (left.Shape[-1], left.Shape[-2]) : (left.Shape[-2], left.Shape[-1]);
        (int steps, int columns) = TransposeRight ? (right.Shape[-1], right.Shape[-2]) : (right.Shape[-2], right.Shape[-1]);
        string got = $"{Describe(left.Shape, TransposeLeft)} and {Describe(right.Shape, TransposeRight)}";
        Shape batch = Shape.Broadcast(Batch(left.Shape), Batch(right.Shape)) ?? throw Error($"expects batches that broadcast but got {got}.");
        return inner == steps
            ? [new TensorType(left.DataType, [.. batch, rows, columns])]
            : throw Error($"expects [rows, inner] and [inner, columns] but got {got}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        (Tensor left, Tensor right, Tensor cotangent) = (inputs[0], inputs[1], cotangents[0]!);
        return
        [
            wanted[0] ? LeftGradient(right, cotangent).SumTo(left.Shape) : null,
            wanted[1] ? RightGradient(left, cotangent).SumTo(right.Shape) : null,
        ];
    }

    /// <summary>The axes before the matrices.</summary>
    internal static Shape Batch(Shape shape) => [.. shape.AsSpan()[..^2]];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)outputs[0].Shape.ElementCount * inputs[0].Shape[TransposeLeft ? -2 : -1];

    private Tensor LeftGradient(Tensor right, Tensor cotangent) => TransposeLeft
        ? new MatMul(TransposeRight, true).ApplyOne(right, cotangent)
        : new MatMul(false, !TransposeRight).ApplyOne(cotangent, right);

    private Tensor RightGradient(Tensor left, Tensor cotangent) => TransposeRight
        ? new MatMul(true, TransposeLeft).ApplyOne(cotangent, left)
        : new MatMul(!TransposeLeft, false).ApplyOne(left, cotangent);

    private static string Describe(Shape shape, bool transposed) => transposed ? $"{shape} transposed" : $"{shape}";
}
