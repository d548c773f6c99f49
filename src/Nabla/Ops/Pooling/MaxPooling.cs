using Nabla.Ops.Convolutions;

namespace Nabla.Ops.Pooling;

/// <summary>The largest value of each window, and where in the image <c>[height, width]</c> it stands. The first of equal values counts; NaN wins.</summary>
internal sealed record MaxPooling(int Height, int Width, Window Window) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Shape images = inputs[0].Shape;
        if (images.Rank != 4 || !inputs[0].DataType.IsFloating || images[1] < Height || images[2] < Width)
        {
            throw Error($"of {Height} x {Width} expects images [batch, height, width, channels] at least as large but got {inputs[0].DataType.Label} {images}.");
        }

        Shape shape = [images[0], ((images[1] - Height) / Window.StrideY) + 1, ((images[2] - Width) / Window.StrideX) + 1, images[3]];
        return [inputs[0] with { Shape = shape }, new TensorType(DataType.Int32, shape)];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new PixelScatter(inputs[0].Shape).ApplyOne(cotangents[0]!, outputs[1])];
}

/// <summary>Adds values <c>[batch, height, width, channels]</c> to zeros at the pixels of the same channel that indices name.</summary>
internal sealed record PixelScatter(Shape Images) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Images }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new PixelGather().ApplyOne(cotangents[0]!, inputs[1]), null];
}

/// <summary>The values at the pixels of the same channel that indices name.</summary>
internal sealed record PixelGather : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = inputs[1].Shape }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
        [new PixelScatter(inputs[0].Shape).ApplyOne(cotangents[0]!, inputs[1]), null];
}
