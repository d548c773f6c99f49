using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>
/// 2-D convolution: <c>activation(images * kernel + bias)</c>, from <c>[batch, height, width, channels]</c> to
/// <c>[batch, newHeight, newWidth, filters]</c>, where a new size is <c>(size + padding - ((kernelSize - 1) * dilation + 1)) / stride + 1</c>,
/// or <c>size / stride</c>, rounded up, with <see cref="Padding.Same"/>. Its kernel has the shape <c>[height, width, channels / groups, filters]</c>.
/// </summary>
/// <example>
/// <code>
/// Conv2D stem = new(64, 7, ActivationKind.Relu, stride: 2, Padding.Same) { KernelInitializer = new HeNormal() };
/// </code>
/// </example>
public sealed class Conv2D : ImageKernelLayer
{
    private readonly int filters;
    private readonly int groups;

    /// <summary>A convolution.</summary>
    /// <param name="filters">The channels of the outputs.</param>
    /// <param name="kernelSize">Rows and columns of the kernel.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">The zeros around each image; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="groups">In how many groups the channels are cut: each group of filters sees its group of channels alone.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the filters are no multiple of the groups.</exception>
    public Conv2D(
        int filters, Size2D kernelSize, ActivationKind activation = ActivationKind.Linear, Size2D? stride = null, Padding padding = default,
        Size2D? dilation = null, int groups = 1)
        : base(kernelSize, activation, stride, padding, dilation)
    {
        (this.filters, this.groups) = (Grouping.Checked(filters, groups), groups);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * KernelSize.Height * KernelSize.Width * (input[2] / groups);

    /// <inheritdoc/>
    public override JsonObject Describe() => WithWindow(new() { ["filters"] = filters, ["groups"] = groups == 1 ? null : groups });

    /// <inheritdoc/>
    internal override Tensor? ComputeInto(Layer next, Tensor input)
    {
        bool together = next is MaxPool2D { IsPooledAtOnce: true } && (Rectifies || Activation == ActivationKind.Linear)
            && input.Rank == 4 && InputShape is not null && input.Shape[3] == InputShape[2];
        if (!together)
        {
            return null;
        }

        Size2D images = new(input.Shape[1], input.Shape[2]);
        Window window = WindowOver(images);
        PooledConvolution op = new(new Convolution(window, groups, Rectifies), ((MaxPool2D)next).Over(window.Count(images, KernelSize)));
        return Bias is { } bias ? op.ApplyOne(input, Kernel, bias) : op.ApplyOne(input, Kernel);
    }

    private protected override int OutputsOf(Shape input) => input[2] % groups == 0
        ? filters
        : throw Unfit($"[batch, height, width, channels] with a multiple of {groups} channels", input);

    private protected override Tensor Convolve(Tensor images) =>
        ConvolutionOps.Convolve(images, Kernel, Bias, Stride, Padding, Dilation, groups, Rectifies);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        CreateKernel([KernelSize.Height, KernelSize.Width, input[2] / groups, filters], filters, key);
    }
}
