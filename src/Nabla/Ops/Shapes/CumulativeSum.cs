namespace Nabla.Ops.Shapes;

/// <summary>For each element the sum of those up to it along an axis, or from it on.</summary>
internal sealed record CumulativeSum(int Axis, bool FromEnd) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => inputs[0].DataType != DataType.Bool
        ? [inputs[0]]
        : throw Error($"expects numbers but got {inputs[0].DataType.Label} {inputs[0].Shape}.");

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new CumulativeSum(Axis, !FromEnd).ApplyOne(cotangents[0]!)];

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => inputs[0].Shape.ElementCount;
}
