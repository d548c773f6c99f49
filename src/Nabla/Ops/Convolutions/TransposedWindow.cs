namespace Nabla.Ops.Convolutions;

/// <summary>The window of the convolution whose gradient a transposed convolution is, and the size of the images that it makes.</summary>
/// <param name="Forward">The window of the convolution.</param>
/// <param name="Size">Rows and columns of the results.</param>
internal readonly record struct TransposedWindow(Window Forward, Size2D Size)
{
    private const string Operation = "Conv2DTranspose";

    /// <summary>The window over images of a size.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static TransposedWindow Over(Size2D images, Size2D size, Size2D stride, Padding padding, Size2D outputPadding, Size2D dilation)
    {
        if (outputPadding.Height < 0 || outputPadding.Width < 0 || outputPadding.Height >= stride.Height || outputPadding.Width >= stride.Width)
        {
            throw new ArgumentException($"{Operation} expects an output padding from 0 up to but not including the stride {stride} but got {outputPadding}.");
        }

        if (padding.IsSame && outputPadding != 0)
        {
            throw new ArgumentException($"{Operation} expects no output padding with padding {padding} but got {outputPadding}.");
        }

        Size2D result = padding.IsSame
            ? new(images.Height * stride.Height, images.Width * stride.Width)
            : new(
                Length(images.Height, size.Height, stride.Height, dilation.Height) - padding.Top - padding.Bottom + outputPadding.Height,
                Length(images.Width, size.Width, stride.Width, dilation.Width) - padding.Left - padding.Right + outputPadding.Width);
        return result is { Height: > 0, Width: > 0 }
            ? new TransposedWindow(Window.Over(Operation, result, size, stride, padding, dilation), result)
            : throw new ArgumentException($"{Operation} of {size} over images of {images} leaves {result} pixels after a padding of {padding}.");
    }

    private static int Length(int length, int size, int stride, int dilation) => ((length - 1) * stride) + ((size - 1) * dilation) + 1;
}
