using Nabla.Ops.Pooling;

namespace Nabla.Ops.Convolutions;

/// <summary>
/// A convolution, with bias and rectifier if it has them, and the max-pooling of its results, which themselves are not kept: gives the largest
/// value of each window, and its tap. Of the cotangent of a pooling's windows one element each lives, and backward only those are computed with.
/// </summary>
internal sealed record PooledConvolution(Convolution Convolution, MaxPooling Pooling) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Pooling.Infer(Convolution.Infer(inputs));

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        // The rectifier lets pass what is positive, and keeps the order: of a window it is enough to look at the largest value.
        Tensor cotangent = Convolution.Relu ? cotangents[0]!.Gate(outputs[0]) : cotangents[0]!;
        PooledConvolution linear = this with { Convolution = Convolution.Linear };
        Tensor?[] gradients =
        [
            wanted[0] ? new PooledConvolutionInputGradient(linear, inputs[0].Shape).ApplyOne(cotangent, outputs[1], inputs[1]) : null,
            wanted[1] ? new PooledConvolutionWeightGradient(linear, inputs[1].Shape).ApplyOne(inputs[0], cotangent, outputs[1]) : null,
        ];
        return inputs.Length == 2 ? gradients : [.. gradients, wanted[2] ? cotangent.Sum([0, 1, 2]) : null];
    }

    /// <summary>The elements at the taps of the convolution of images with weights.</summary>
    public Tensor Pick(Tensor images, Tensor weights, Tensor taps) =>
        new MaxPoolingPick(Pooling).ApplyOne(Convolution.ApplyOne(images, weights), taps);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => 2 * Convolution.MultiplyAddsOf(
        Math.Min(Convolution.Infer(inputs)[0].Shape.ElementCount, outputs[0].Shape.ElementCount * Pooling.Size.Height * Pooling.Size.Width), inputs[1].Shape);

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Convolution.MultiplyAdds(inputs, Convolution.Infer(inputs));
}

/// <summary>The gradient of a pooled convolution with respect to its images, from the cotangent of the pooling, its taps and the weights.</summary>
internal sealed record PooledConvolutionInputGradient(PooledConvolution Forward, Shape Images) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Images }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
    [
        wanted[0] ? Forward.Pick(cotangents[0]!, inputs[2], inputs[1]) : null,
        null,
        wanted[2] ? new PooledConvolutionWeightGradient(Forward, inputs[2].Shape).ApplyOne(cotangents[0]!, inputs[0], inputs[1]) : null,
    ];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        Convolution.MultiplyAddsOf(inputs[0].Shape.ElementCount, inputs[2].Shape);
}

/// <summary>The gradient of a pooled convolution with respect to its weights, from the images, the cotangent of the pooling and its taps.</summary>
internal sealed record PooledConvolutionWeightGradient(PooledConvolution Forward, Shape Weights) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Weights }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
    [
        wanted[0] ? new PooledConvolutionInputGradient(Forward, inputs[0].Shape).ApplyOne(inputs[1], inputs[2], cotangents[0]!) : null,
        wanted[1] ? Forward.Pick(inputs[0], cotangents[0]!, inputs[2]) : null,
        null,
    ];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Convolution.MultiplyAddsOf(inputs[1].Shape.ElementCount, Weights);
}
