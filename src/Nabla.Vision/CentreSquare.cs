namespace Nabla.Vision;

/// <summary>Cuts the square in the middle out of pictures.</summary>
internal static class CentreSquare
{
    /// <summary>The pixels of the square, and its side.</summary>
    /// <param name="pixels"><c>[height, width, channels]</c></param>
    /// <param name="width">The columns of <paramref name="pixels"/>.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="share">The side as a share of the shorter side of the picture.</param>
    public static (byte[] Pixels, int Side) Of(byte[] pixels, int width, int channels, float share)
    {
        int height = pixels.Length / width / channels;
        int side = Math.Max(1, (int)MathF.Round(share * Math.Min(width, height)));
        (int top, int left) = ((height - side) / 2, (width - side) / 2);
        byte[] square = new byte[side * side * channels];
        for (int row = 0; row < side; row++)
        {
            pixels.AsSpan((((top + row) * width) + left) * channels, side * channels).CopyTo(square.AsSpan(row * side * channels));
        }

        return (square, side);
    }
}
