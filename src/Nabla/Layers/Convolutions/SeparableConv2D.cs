using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// A convolution of each channel alone, and then one of 1 x 1 pixels that mixes the channels (Chollet, Xception: Deep Learning with Depthwise
/// Separable Convolutions, 2017): from <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, filters]</c>, sizes as of
/// <see cref="Conv2D"/>. Its kernels are <c>depthwise_kernel</c> <c>[height, width, channels, multiplier]</c> and <c>pointwise_kernel</c>
/// <c>[1, 1, channels * multiplier, filters]</c>.
/// </summary>
public sealed class SeparableConv2D : ImageKernelLayer
{
    private readonly int filters;
    private readonly int multiplier;
    private Parameter? depthwise;

    /// <summary>A separable convolution.</summary>
    /// <param name="filters">The channels of the outputs.</param>
    /// <param name="kernelSize">Rows and columns of the kernel of each channel.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">The zeros around each image; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="multiplier">How many channels the first convolution makes of each.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public SeparableConv2D(
        int filters, Size2D kernelSize, ActivationKind activation = ActivationKind.Linear, Size2D? stride = null, Padding padding = default,
        Size2D? dilation = null, int multiplier = 1)
        : base(kernelSize, activation, stride, padding, dilation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(filters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiplier);
        (this.filters, this.multiplier) = (filters, multiplier);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        Shape output = OutputShape(input);
        long mixed = (long)output[0] * output[1] * Channels(input);
        return mixed * ((KernelSize.Height * KernelSize.Width) + filters);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => WithWindow(new() { ["filters"] = filters, ["multiplier"] = multiplier == 1 ? null : multiplier });

    private protected override int OutputsOf(Shape input) => filters;

    private protected override Tensor Convolve(Tensor images)
    {
        Tensor channels = ConvolutionOps.ConvolveChannels(images, Built(depthwise).Value, null, Stride, Padding, Dilation, relu: false);
        return ConvolutionOps.Convolve(channels, Kernel, Bias, 1, Padding.Valid, 1, 1, Rectifies);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        depthwise = Register("depthwise_kernel", KernelInitializer, [KernelSize.Height, KernelSize.Width, input[2], multiplier], key, KernelRegularizer);
        CreateKernel([1, 1, Channels(input), filters], filters, key, "pointwise_kernel");
    }

    private int Channels(Shape input) => checked(input[2] * multiplier);
}
