using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla;

/// <summary>
/// Pooling of images <c>[batch, height, width, channels]</c> and sequences <c>[batch, time, channels]</c>: one number for each window of each channel.
/// </summary>
public static class PoolingOps
{
    /// <summary>
    /// The largest value of each window: <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels]</c>, where a new
    /// size is <c>(size + padding - windowSize) / stride + 1</c>. Padding never wins. The gradient goes to the first of equal values; NaN wins.
    /// </summary>
    /// <param name="images">The images.</param>
    /// <param name="size">Rows and columns of the window.</param>
    /// <param name="stride">From one window to the next; side by side by default, which leaves out what remains at the border.</param>
    /// <param name="padding">What is added around each image, less than the window; nothing by default.</param>
    /// <exception cref="ArgumentException">The images are smaller than the window, or are none; the message quotes the shapes.</exception>
    public static Tensor MaxPool2D(this Tensor images, Size2D size, Size2D? stride = null, Padding padding = default) =>
        new MaxPooling(size, WindowOver(nameof(MaxPool2D), images, size, stride, padding)).ApplyOne(images);

    /// <summary>
    /// The largest value of each window of sequences: <c>[batch, time, channels]</c> to <c>[batch, newTime, channels]</c>; see <see cref="MaxPool2D"/>.
    /// </summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="size">The steps of the window.</param>
    /// <param name="stride">From one window to the next; side by side by default.</param>
    /// <param name="padding">What is added before and behind each sequence; nothing by default.</param>
    /// <exception cref="ArgumentException">The sequences are shorter than the window, or are none; the message quotes the shapes.</exception>
    public static Tensor MaxPool1D(this Tensor sequences, int size, int? stride = null, Padding padding = default) =>
        AsImages(nameof(MaxPool1D), sequences).MaxPool2D(new(1, size), new(1, stride ?? size), padding.OfSequence).Row();

    /// <summary>
    /// The mean of each window: <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels]</c>. Padding is not counted.
    /// </summary>
    /// <inheritdoc cref="MaxPool2D"/>
    public static Tensor AveragePool2D(this Tensor images, Size2D size, Size2D? stride = null, Padding padding = default) =>
        new AveragePooling(size, WindowOver(nameof(AveragePool2D), images, size, stride, padding)).ApplyOne(images);

    /// <summary>The mean of each window of sequences: <c>[batch, time, channels]</c> to <c>[batch, newTime, channels]</c>. Padding is not counted.</summary>
    /// <inheritdoc cref="MaxPool1D"/>
    public static Tensor AveragePool1D(this Tensor sequences, int size, int? stride = null, Padding padding = default) =>
        AsImages(nameof(AveragePool1D), sequences).AveragePool2D(new(1, size), new(1, stride ?? size), padding.OfSequence).Row();

    /// <summary>The mean of each channel over all pixels or steps: <c>[batch, ..., channels]</c> to <c>[batch, channels]</c>.</summary>
    /// <exception cref="ArgumentException">There is no axis between batch and channels.</exception>
    public static Tensor GlobalAveragePool(this Tensor x) => x.Mean(AxesBetween(nameof(GlobalAveragePool), x));

    /// <summary>The largest value of each channel over all pixels or steps: <c>[batch, ..., channels]</c> to <c>[batch, channels]</c>.</summary>
    /// <inheritdoc cref="MaxPool2D"/>
    public static Tensor GlobalMaxPool(this Tensor x)
    {
        int[] axes = AxesBetween(nameof(GlobalMaxPool), x);
        int pixels = axes.Aggregate(1, (product, axis) => product * x.Shape[axis]);
        Tensor column = x.Reshape(x.Shape[0], pixels, 1, x.Shape[-1]);
        return column.MaxPool2D(new(pixels, 1)).Reshape(x.Shape[0], x.Shape[-1]);
    }

    private static Window WindowOver(string operation, Tensor images, Size2D size, Size2D? stride, Padding padding)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.Rank == 4
            ? Window.Over(operation, new(images.Shape[1], images.Shape[2]), size, stride ?? size, padding, 1)
            : throw new ArgumentException($"{operation} of {size} expects images [batch, height, width, channels] but got {images.Shape}.");
    }

    private static Tensor AsImages(string operation, Tensor sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return sequences.Rank == 3
            ? sequences.ExpandDimensions(1)
            : throw new ArgumentException($"{operation} expects sequences [batch, time, channels] but got {sequences.Shape}.");
    }

    private static int[] AxesBetween(string operation, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Rank >= 3
            ? [.. Enumerable.Range(1, x.Rank - 2)]
            : throw new ArgumentException($"{operation} expects [batch, ..., channels] with an axis between them but got {x.Shape}.");
    }
}
