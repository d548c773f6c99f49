using Nabla.Ops.Convolutions;

namespace Nabla.Ops.Pooling;

/// <summary>The mean of each window's pixels; padding is not among them.</summary>
internal sealed record AveragePooling(Size2D Size, Window Window) : Pooling(Size, Window)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = ResultShape(inputs[0]) }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new AveragePoolingGradient(this, inputs[0].Shape).ApplyOne(cotangents[0]!)];
}

/// <summary>Spreads each value over the pixels of its window in equal parts.</summary>
internal sealed record AveragePoolingGradient(AveragePooling Forward, Shape Images) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Images }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [Forward.ApplyOne(cotangents[0]!)];

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)inputs[0].Shape.ElementCount * Forward.Size.Height * Forward.Size.Width;
}
