using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>
/// Transposed 2-D convolution, which makes images larger: from <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, filters]</c>,
/// where a new size is <c>(size - 1) * stride + (kernelSize - 1) * dilation + 1 - padding + outputPadding</c>, or <c>size * stride</c> with
/// <see cref="Padding.Same"/>. Its kernel has the shape <c>[height, width, filters, channels]</c>.
/// </summary>
/// <example>
/// <code>
/// Conv2DTranspose enlarge = new(32, 3, ActivationKind.Relu, stride: 2, Padding.Same); // twice as high and wide
/// </code>
/// </example>
public sealed class Conv2DTranspose : ImageKernelLayer
{
    private readonly int filters;
    private readonly Size2D outputPadding;

    /// <summary>A transposed convolution.</summary>
    /// <param name="filters">The channels of the outputs.</param>
    /// <param name="kernelSize">Rows and columns of the kernel.</param>
    /// <param name="activation">What is applied to the outputs.</param>
    /// <param name="stride">From the window of one pixel to that of the next; 1 by default.</param>
    /// <param name="padding">What is cut off around the outputs; nothing by default.</param>
    /// <param name="outputPadding">Rows and columns added at the bottom and the right, fewer than the stride; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public Conv2DTranspose(
        int filters, Size2D kernelSize, ActivationKind activation = ActivationKind.Linear, Size2D? stride = null, Padding padding = default,
        Size2D? outputPadding = null, Size2D? dilation = null)
        : base(kernelSize, activation, stride, padding, dilation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(filters);
        (this.filters, this.outputPadding) = (filters, outputPadding ?? 0);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input)
    {
        _ = OutputShape(input);
        return (long)input.ElementCount * KernelSize.Height * KernelSize.Width * filters;
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => WithWindow(new()
    {
        ["filters"] = filters,
        ["outputPadding"] = outputPadding == 0 ? null : JsonAttributes.Of(outputPadding),
    });

    private protected override Size2D ResultsOf(Size2D images) =>
        TransposedWindow.Over(images, KernelSize, Stride, Padding, outputPadding, Dilation).Size;

    private protected override int OutputsOf(Shape input) => filters;

    private protected override Tensor Convolve(Tensor images)
    {
        Tensor larger = images.Conv2DTranspose(Kernel, Bias, Stride, Padding, outputPadding, Dilation);
        return Rectifies ? larger.Relu() : larger;
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(input);
        CreateKernel([KernelSize.Height, KernelSize.Width, filters, input[2]], filters, key);
    }
}
