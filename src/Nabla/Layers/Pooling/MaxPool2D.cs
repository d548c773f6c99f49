using Nabla.Ops.Pooling;

namespace Nabla.Layers;

/// <summary>
/// The largest value of each window of each channel: from <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels]</c>,
/// where a new size is <c>(size + padding - poolSize) / stride + 1</c>. Padding never wins.
/// </summary>
/// <param name="poolSize">Rows and columns of the window.</param>
/// <param name="stride">From one window to the next; side by side by default, which leaves out what remains at the border.</param>
/// <param name="padding">What is added around each image, less than the window; nothing by default.</param>
public sealed class MaxPool2D(Size2D poolSize, Size2D? stride = null, Padding padding = default) : PoolingLayer2D(poolSize, stride, padding)
{
    private const int MostWindow = 64;

    /// <summary>Whether a convolution before it does well to pool its results at once: windows are small and hardly overlap.</summary>
    internal bool IsPooledAtOnce => Stride is { Height: > 1, Width: > 1 } && PoolSize is { Height: <= MostWindow, Width: <= MostWindow }
        && PoolSize.Height * PoolSize.Width <= MostWindow;

    /// <summary>The pooling of images of a size.</summary>
    internal MaxPooling Over(Size2D images) => new(PoolSize, WindowOver(images));

    private protected override Tensor Pool(Tensor images, Size2D size, Size2D step, Padding around) => images.MaxPool2D(size, step, around);
}
