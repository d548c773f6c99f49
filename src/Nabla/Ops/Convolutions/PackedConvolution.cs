namespace Nabla.Ops.Convolutions;

/// <summary>
/// The weights of a convolution, <c>[kernelHeight, kernelWidth, inputs / groups, outputs]</c>, in the order in which its kernel reads them:
/// <c>[elements]</c>. An executable does this when the weights have changed, instead of in each run.
/// </summary>
/// <param name="Convolution">What reads them.</param>
/// <param name="Images">The shape of its images.</param>
/// <param name="Winograd">Whether they are transformed for Winograd's algorithm.</param>
/// <param name="Elements">How many numbers come out.</param>
internal sealed record FilterPacking(Convolution Convolution, Shape Images, bool Winograd, long Elements) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0] with { Shape = [checked((int)Elements)] }];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw Late(this);

    /// <summary>What is wrong with differentiating ops that an executable makes.</summary>
    internal static NotSupportedException Late(Op op) => new($"{op.Name} stands in executables alone, which are not differentiated: take the gradient before.");
}

/// <summary>A convolution, or one with pooling behind it, with packed weights as its second input.</summary>
/// <param name="Op">The convolution.</param>
/// <param name="Packing">How the weights were packed.</param>
/// <param name="Weights">The shape of the weights before.</param>
internal sealed record PackedConvolution(Op Op, FilterPacking Packing, Shape Weights) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => Op.Infer(Plain(inputs));

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw FilterPacking.Late(this);

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) => Op.MultiplyAdds(Plain(inputs), outputs);

    private TensorType[] Plain(ReadOnlySpan<TensorType> inputs) => [inputs[0], inputs[1] with { Shape = Weights }, .. inputs[2..]];
}
