namespace Nabla.Ops.Convolutions;

/// <summary>How the window of a 2-D convolution or pooling moves.</summary>
internal sealed record Window(
    int StrideY = 1, int StrideX = 1, int PadTop = 0, int PadBottom = 0, int PadLeft = 0, int PadRight = 0, int DilationY = 1, int DilationX = 1)
{
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

        Padding given = padding.IsSame ? Surrounding(images, size, stride, dilation) : padding;
        return new Window(stride.Height, stride.Width, given.Top, given.Bottom, given.Left, given.Right, dilation.Height, dilation.Width);
    }

    private static Padding Surrounding(Size2D images, Size2D size, Size2D stride, Size2D dilation)
    {
        int rows = Missing(images.Height, size.Height, stride.Height, dilation.Height);
        int columns = Missing(images.Width, size.Width, stride.Width, dilation.Width);
        return new Padding(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));
    }

    private static int Missing(int length, int size, int stride, int dilation)
    {
        int windows = (length + stride - 1) / stride;
        return Math.Max(0, ((windows - 1) * stride) + ((size - 1) * dilation) + 1 - length);
    }
}
