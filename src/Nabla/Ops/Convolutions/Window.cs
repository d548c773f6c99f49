namespace Nabla.Ops.Convolutions;

/// <summary>How the window of a 2-D convolution or pooling moves.</summary>
internal sealed record Window(
    int StrideY = 1, int StrideX = 1, int PadTop = 0, int PadBottom = 0, int PadLeft = 0, int PadRight = 0, int DilationY = 1, int DilationX = 1)
{
    private const long Largest = 1 << 30;

    /// <summary>A window over images of a size.</summary>
    /// <param name="operation">The name that errors show.</param>
    /// <param name="images">Rows and columns.</param>
    /// <param name="size">Rows and columns of the window, without dilation.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">What is added around.</param>
    /// <param name="dilation">From one element of the window to the next.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static Window Over(string operation, Size2D images, Size2D size, Size2D stride, Padding padding, Size2D dilation)
    {
        if (stride.Height < 1 || stride.Width < 1 || dilation.Height < 1 || dilation.Width < 1)
        {
            throw new ArgumentException($"{operation} expects a stride and a dilation of at least 1 but got stride {stride} and dilation {dilation}.");
        }

        if (padding.Top < 0 || padding.Bottom < 0 || padding.Left < 0 || padding.Right < 0)
        {
            throw new ArgumentException($"{operation} expects no negative padding but got {padding}.");
        }

        if (Length(images.Height, padding.Top, padding.Bottom) > Largest || Length(images.Width, padding.Left, padding.Right) > Largest
            || Extent(size.Height, dilation.Height) > Largest || Extent(size.Width, dilation.Width) > Largest)
        {
            throw new ArgumentException(
                $"{operation} of {size} with dilation {dilation} over images of {images} with padding {padding} is larger than {Largest} pixels.");
        }

        Padding given = padding.IsSame ? Surrounding(images, size, stride, dilation) : padding;
        return new Window(stride.Height, stride.Width, given.Top, given.Bottom, given.Left, given.Right, dilation.Height, dilation.Width);
    }

    /// <summary>How many windows there are; none where the window is larger than the image.</summary>
    /// <param name="images">Rows and columns of the images.</param>
    /// <param name="size">Rows and columns of the window, without dilation.</param>
    public Size2D Count(Size2D images, Size2D size) => new(
        Count(images.Height + PadTop + PadBottom, Extent(size.Height, DilationY), StrideY),
        Count(images.Width + PadLeft + PadRight, Extent(size.Width, DilationX), StrideX));

    private static int Count(int length, long extent, int stride) => length < extent ? 0 : (int)((length - extent) / stride) + 1;

    private static long Length(int length, int before, int behind) => (long)length + before + behind;

    private static long Extent(int size, int dilation) => ((size - 1) * (long)dilation) + 1;

    private static Padding Surrounding(Size2D images, Size2D size, Size2D stride, Size2D dilation)
    {
        int rows = Missing(images.Height, size.Height, stride.Height, dilation.Height);
        int columns = Missing(images.Width, size.Width, stride.Width, dilation.Width);
        return new Padding(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));
    }

    private static int Missing(int length, int size, int stride, int dilation)
    {
        long windows = (length + (long)stride - 1) / stride;
        return (int)Math.Max(0, ((windows - 1) * stride) + Extent(size, dilation) - length);
    }
}
