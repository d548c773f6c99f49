namespace Nabla;

/// <summary>A number of rows and of columns: the size of a window, its step, its dilation. One number stands for both.</summary>
/// <param name="Height">The rows.</param>
/// <param name="Width">The columns.</param>
public readonly record struct Size2D(int Height, int Width)
{
    /// <summary>As many rows as columns.</summary>
    public static implicit operator Size2D(int both) => new(both, both);

    /// <summary>Rows and columns.</summary>
    public static implicit operator Size2D((int Height, int Width) size) => new(size.Height, size.Width);

    /// <summary>Rows and columns as in <c>3 x 5</c>.</summary>
    public override string ToString() => $"{Height} x {Width}";
}
