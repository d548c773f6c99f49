using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Convolution of each channel alone: from <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels * multiplier]</c>,
/// sizes as of <see cref="Conv2D"/>. Channel c gives the outputs from <c>c * multiplier</c> on. Its kernel has the shape
/// <c>[height, width, channels, multiplier]</c>.
/// </summary>
public sealed class DepthwiseConv2D : ImageKernelLayer
{
    private readonly int multiplier;

    /// <summary>A convolution of each channel alone.</summary>
    /// <param name="kernelSize">Rows and columns of the kernel.</param>
    /// <param name="multiplier">How many outputs each channel has.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">The zeros around each image; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public DepthwiseConv2D(
        Size2D kernelSize, int multiplier = 1, ActivationKind activation = ActivationKind.Linear, Size2D? stride = null, Padding padding = default,
        Size2D? dilation = null)
        : base(kernelSize, activation, stride, padding, dilation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiplier);
        this.multiplier = multiplier;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * KernelSize.Height * KernelSize.Width;

    /// <inheritdoc/>
    public override JsonObject Describe() => WithWindow(new() { ["multiplier"] = multiplier == 1 ? null : multiplier });

    private protected override int OutputsOf(Shape input) => checked(input[2] * multiplier);

    private protected override Tensor Convolve(Tensor images) =>
        ConvolutionOps.ConvolveChannels(images, Kernel, Bias, Stride, Padding, Dilation, Rectifies);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        CreateKernel([KernelSize.Height, KernelSize.Width, input[2], multiplier], OutputsOf(input), key);
    }
}
