using Nabla.Ops.Convolutions;

namespace Nabla.Ops.Pooling;

/// <summary>
/// The largest value of each window, and its tap: where in the window, counted row by row, it stands. The first of equal values counts; NaN wins.
/// Taps are bytes unless the window has more than 256.
/// </summary>
internal sealed record MaxPooling(Size2D Size, Window Window) : Pooling(Size, Window)
{
    private const int MostByteTaps = 256;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Shape shape = ResultShape(inputs[0]);
        return [inputs[0] with { Shape = shape }, new TensorType((long)Size.Height * Size.Width <= MostByteTaps ? DataType.UInt8 : DataType.Int32, shape)];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new MaxPoolingGradient(this, inputs[0].Shape).ApplyOne(cotangents[0]!, outputs[1])];
}

/// <summary>Adds each value <c>[batch, newHeight, newWidth, channels]</c> to zeros <c>[batch, height, width, channels]</c> at its tap.</summary>
internal sealed record MaxPoolingGradient(MaxPooling Forward, Shape Images) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Images }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new MaxPoolingPick(Forward).ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>The element of each window that its tap names.</summary>
internal sealed record MaxPoolingPick(MaxPooling Forward) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = inputs[1].Shape }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new MaxPoolingGradient(Forward, inputs[0].Shape).ApplyOne(cotangents[0]!, inputs[1]), null];
}
