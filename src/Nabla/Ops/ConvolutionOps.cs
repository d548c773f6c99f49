using Nabla.Ops.Convolutions;

namespace Nabla;

/// <summary>Convolutions of images <c>[batch, height, width, channels]</c> and sequences <c>[batch, time, channels]</c>.</summary>
public static class ConvolutionOps
{
    /// <summary>
    /// For each window of an image the sum of its elements times a kernel (cross-correlation, as networks call convolution), plus a bias:
    /// <c>[batch, height, width, inputs]</c> to <c>[batch, newHeight, newWidth, outputs]</c>, where a new size is
    /// <c>(size + padding - ((kernelSize - 1) * dilation + 1)) / stride + 1</c>.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="kernel"><c>[kernelHeight, kernelWidth, inputs / groups, outputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null for none.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">The zeros around each image; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="groups">In how many groups the channels are cut: each group of outputs sees its group of inputs alone.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message quotes them.</exception>
    public static Tensor Conv2D(
        this Tensor images, Tensor kernel, Tensor? bias = null, Size2D? stride = null, Padding padding = default, Size2D? dilation = null, int groups = 1) =>
        Convolve(images, kernel, bias, stride ?? 1, padding, dilation ?? 1, groups, relu: false);

    /// <summary>
    /// The convolution of sequences: <c>[batch, time, inputs]</c> with <c>[kernelSize, inputs / groups, outputs]</c> to
    /// <c>[batch, newTime, outputs]</c>; see <see cref="Conv2D"/>. Padding is <see cref="Padding.Left"/> before and <see cref="Padding.Right"/> behind.
    /// </summary>
    /// <inheritdoc cref="Conv2D"/>
    public static Tensor Conv1D(
        this Tensor sequences, Tensor kernel, Tensor? bias = null, int stride = 1, Padding padding = default, int dilation = 1, int groups = 1) =>
        ConvolveSequences(sequences, kernel, bias, stride, padding, dilation, groups, relu: false);

    /// <summary>
    /// The transposed convolution, which makes images larger: each pixel adds its value times the kernel to a window of the result. It is the
    /// gradient of <see cref="Conv2D"/> (Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016).
    /// <c>[batch, height, width, inputs]</c> to <c>[batch, newHeight, newWidth, outputs]</c>, where a new size is
    /// <c>(size - 1) * stride + (kernelSize - 1) * dilation + 1 - padding + outputPadding</c>, or <c>size * stride</c> with <see cref="Padding.Same"/>.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="kernel"><c>[kernelHeight, kernelWidth, outputs / groups, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null for none.</param>
    /// <param name="stride">From the window of one pixel to that of the next; 1 by default.</param>
    /// <param name="padding">What is cut off around the result; nothing by default.</param>
    /// <param name="outputPadding">Rows and columns added at the bottom and the right, fewer than the stride; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <param name="groups">In how many groups the channels are cut.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message quotes them.</exception>
    public static Tensor Conv2DTranspose(
        this Tensor images, Tensor kernel, Tensor? bias = null, Size2D? stride = null, Padding padding = default, Size2D? outputPadding = null,
        Size2D? dilation = null, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(kernel);
        if (images.Rank != 4 || kernel.Rank != 4 || images.Shape[3] != kernel.Shape[3])
        {
            throw new ArgumentException(
                $"Conv2DTranspose expects images [batch, height, width, inputs] and a kernel [height, width, outputs / groups, inputs] "
                + $"but got {images.Shape} and {kernel.Shape}.");
        }

        TransposedWindow window = TransposedWindow.Over(
            new(images.Shape[1], images.Shape[2]), new(kernel.Shape[0], kernel.Shape[1]), stride ?? 1, padding, outputPadding ?? 0, dilation ?? 1);
        Shape result = [images.Shape[0], window.Size.Height, window.Size.Width, kernel.Shape[2] * groups];
        Tensor larger = new ConvolutionInputGradient(new Convolution(window.Forward, groups), result).ApplyOne(images, kernel);
        return bias is null ? larger : larger + bias;
    }

    /// <summary>
    /// Convolves each channel alone: <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels * multiplier]</c>, where
    /// channel c gives the results from <c>c * multiplier</c> on.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="kernel"><c>[kernelHeight, kernelWidth, channels, multiplier]</c>.</param>
    /// <param name="bias"><c>[channels * multiplier]</c>, or null for none.</param>
    /// <param name="stride">From one window to the next; 1 by default.</param>
    /// <param name="padding">The zeros around each image; none by default.</param>
    /// <param name="dilation">From one element of a window to the next; 1 by default.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message quotes them.</exception>
    public static Tensor DepthwiseConv2D(
        this Tensor images, Tensor kernel, Tensor? bias = null, Size2D? stride = null, Padding padding = default, Size2D? dilation = null) =>
        ConvolveChannels(images, kernel, bias, stride ?? 1, padding, dilation ?? 1, relu: false);

    /// <summary>As <see cref="Conv2D"/>, then the rectifier if wanted, all in one op.</summary>
    internal static Tensor Convolve(
        Tensor images, Tensor kernel, Tensor? bias, Size2D stride, Padding padding, Size2D dilation, int groups, bool relu, string operation = "Conv2D")
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(kernel);
        if (images.Rank != 4 || kernel.Rank != 4)
        {
            throw new ArgumentException(
                $"{operation} expects images [batch, height, width, inputs] and a kernel [height, width, inputs / groups, outputs] "
                + $"but got {images.Shape} and {kernel.Shape}.");
        }

        Window window = Window.Over(
            operation, new(images.Shape[1], images.Shape[2]), new(kernel.Shape[0], kernel.Shape[1]), stride, padding, dilation);
        Convolution op = new(window, groups, relu);
        return bias is null ? op.ApplyOne(images, kernel) : op.ApplyOne(images, kernel, bias);
    }

    /// <summary>As <see cref="Conv1D"/>, then the rectifier if wanted, all in one op.</summary>
    internal static Tensor ConvolveSequences(
        Tensor sequences, Tensor kernel, Tensor? bias, int stride, Padding padding, int dilation, int groups, bool relu)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(kernel);
        if (sequences.Rank != 3 || kernel.Rank != 3)
        {
            throw new ArgumentException(
                $"Conv1D expects sequences [batch, time, inputs] and a kernel [size, inputs / groups, outputs] but got {sequences.Shape} and {kernel.Shape}.");
        }

        return Convolve(
            sequences.ExpandDimensions(1), kernel.ExpandDimensions(0), bias, new(1, stride), padding.OfSequence, new(1, dilation), groups, relu,
            "Conv1D").Row();
    }

    /// <summary>As <see cref="DepthwiseConv2D"/>, then the rectifier if wanted, all in one op.</summary>
    internal static Tensor ConvolveChannels(Tensor images, Tensor kernel, Tensor? bias, Size2D stride, Padding padding, Size2D dilation, bool relu)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(kernel);
        if (images.Rank != 4 || kernel.Rank != 4 || images.Shape[3] != kernel.Shape[2])
        {
            throw new ArgumentException(
                $"DepthwiseConv2D expects images [batch, height, width, channels] and a kernel [height, width, channels, multiplier] "
                + $"but got {images.Shape} and {kernel.Shape}.");
        }

        int channels = kernel.Shape[2];
        Tensor grouped = kernel.Reshape(kernel.Shape[0], kernel.Shape[1], 1, channels * kernel.Shape[3]);
        return Convolve(images, grouped, bias, stride, padding, dilation, channels, relu, "DepthwiseConv2D");
    }

    /// <summary>An image of one row as a sequence.</summary>
    internal static Tensor Row(this Tensor images) => images.Reshape(images.Shape[0], images.Shape[2], images.Shape[3]);
}
