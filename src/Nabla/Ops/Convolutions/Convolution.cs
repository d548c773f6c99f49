namespace Nabla.Ops.Convolutions;

/// <summary>
/// 2-D convolution of <c>[batch, height, width, inputs]</c> with <c>[kernelHeight, kernelWidth, inputs / groups, outputs]</c>, and, if there is
/// a third input, a bias <c>[outputs]</c> on top; then the last input, which has the shape of the result, if <c>Residual</c>; then <c>max(x, 0)</c> if
/// <c>Relu</c>.
/// </summary>
internal sealed record Convolution(Window Window, int Groups, bool Relu = false, bool Residual = false) : Op
{
    /// <summary>The convolution alone, which is what gradients are made of.</summary>
    internal Convolution Linear => Relu || Residual ? this with { Relu = false, Residual = false } : this;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        (TensorType images, TensorType weights) = (inputs[0], inputs[1]);
        if (images.Shape.Rank != 4 || weights.Shape.Rank != 4 || images.DataType != weights.DataType || !images.DataType.IsFloating || Groups < 1
            || images.Shape[3] != weights.Shape[2] * Groups || weights.Shape[3] % Groups != 0)
        {
            throw Error(
                $"in {Groups} groups expects images [batch, height, width, channels] and weights [height, width, channels / groups, outputs] "
                + $"of one type but got {images.DataType.Label} {images.Shape} and {weights.DataType.Label} {weights.Shape}.");
        }

        if (HasBias(inputs.Length) && (inputs[2].Shape.Rank != 1 || inputs[2].Shape[0] != weights.Shape[3] || inputs[2].DataType != images.DataType))
        {
            throw Error(
                $"with weights {weights.Shape} expects a {images.DataType.Label} bias [{weights.Shape[3]}] "
                + $"but got {inputs[2].DataType.Label} {inputs[2].Shape}.");
        }

        ConvolutionShape shape = Sizes(images.Shape, weights.Shape);
        if (shape.PaddedHeight < shape.ExtentY || shape.PaddedWidth < shape.ExtentX)
        {
            throw Error($"has a kernel of {shape.ExtentY} x {shape.ExtentX} over padded images of only {shape.PaddedHeight} x {shape.PaddedWidth}.");
        }

        TensorType result = images with { Shape = [shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs] };
        return !Residual || (MayAddResidual(weights.Shape) && inputs[^1] == result)
            ? [result]
            : throw Error($"of one group and a kernel larger than a pixel expects {result} to add but has {Groups} groups, weights {weights.Shape} and got {inputs[^1]}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted)
    {
        Tensor cotangent = Relu ? cotangents[0]!.Gate(outputs[0]) : cotangents[0]!;
        Tensor?[] gradients = new Tensor?[inputs.Length];
        gradients[0] = wanted[0] ? new ConvolutionInputGradient(Linear, inputs[0].Shape).ApplyOne(cotangent, inputs[1]) : null;
        gradients[1] = wanted[1] ? new ConvolutionWeightGradient(Linear, inputs[1].Shape).ApplyOne(inputs[0], cotangent) : null;
        if (HasBias(inputs.Length))
        {
            gradients[2] = wanted[2] ? cotangent.Sum([0, 1, 2]) : null;
        }

        if (Residual)
        {
            gradients[^1] = cotangent;
        }

        return gradients;
    }

    /// <summary>Whether the third of so many inputs is a bias.</summary>
    public bool HasBias(int inputs) => inputs > (Residual ? 3 : 2);

    /// <summary>Whether the kernels that take such weights can add a residual.</summary>
    public bool MayAddResidual(Shape weights) => Groups == 1 && weights[0] * weights[1] > 1;

    /// <summary>All sizes, from the shapes of images and weights.</summary>
    public ConvolutionShape Sizes(Shape images, Shape weights) => new(
        images[0], images[1], images[2], images[3], weights[3], weights[0], weights[1], Window.StrideY, Window.StrideX, Window.PadTop,
        Window.PadBottom, Window.PadLeft, Window.PadRight, Window.DilationY, Window.DilationX, Groups);

    /// <summary>The multiply-adds of so many results, each a sum over a window.</summary>
    internal static double MultiplyAddsOf(long results, Shape weights) => (double)results * weights[0] * weights[1] * weights[2];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => MultiplyAddsOf(outputs[0].Shape.ElementCount, inputs[1].Shape);
}

/// <summary>The gradient of a convolution with respect to its images, from the cotangent and the weights; also a transposed convolution.</summary>
internal sealed record ConvolutionInputGradient(Convolution Forward, Shape Images) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        TensorType images = inputs[0] with { Shape = Images };
        TensorType expected = Forward.Infer([images, inputs[1]])[0];
        return inputs[0] == expected ? [images] : throw Error($"to {Images} expects {expected} but got {inputs[0]}.");
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
    [
        wanted[0] ? Forward.ApplyOne(cotangents[0]!, inputs[1]) : null,
        wanted[1] ? new ConvolutionWeightGradient(Forward, inputs[1].Shape).ApplyOne(cotangents[0]!, inputs[0]) : null,
    ];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        Convolution.MultiplyAddsOf(inputs[0].Shape.ElementCount, inputs[1].Shape);
}

/// <summary>The gradient of a convolution with respect to its weights, from the images and the cotangent.</summary>
internal sealed record ConvolutionWeightGradient(Convolution Forward, Shape Weights) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = Weights }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) =>
    [
        wanted[0] ? new ConvolutionInputGradient(Forward, inputs[0].Shape).ApplyOne(inputs[1], cotangents[0]!) : null,
        wanted[1] ? Forward.ApplyOne(inputs[0], cotangents[0]!) : null,
    ];

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Convolution.MultiplyAddsOf(inputs[1].Shape.ElementCount, Weights);
}
