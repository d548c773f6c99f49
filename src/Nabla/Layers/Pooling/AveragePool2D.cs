namespace Nabla.Layers;

/// <summary>
/// The mean of each window of each channel: from <c>[batch, height, width, channels]</c> to <c>[batch, newHeight, newWidth, channels]</c>, where a
/// new size is <c>(size + padding - poolSize) / stride + 1</c>. Padding is not counted.
/// </summary>
/// <param name="poolSize">Rows and columns of the window.</param>
/// <param name="stride">From one window to the next; side by side by default, which leaves out what remains at the border.</param>
/// <param name="padding">What is added around each image, less than the window; nothing by default.</param>
public sealed class AveragePool2D(Size2D poolSize, Size2D? stride = null, Padding padding = default) : PoolingLayer2D(poolSize, stride, padding)
{
    private protected override Tensor Pool(Tensor images, Size2D size, Size2D step, Padding around) => images.AveragePool2D(size, step, around);
}
