namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Along one axis, which pixels a window covers and which windows cover a pixel.</summary>
/// <param name="Pixels">The pixels of the image.</param>
/// <param name="Windows">The windows.</param>
/// <param name="Size">The pixels of a window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">The pixels by which the first window begins before the image.</param>
internal readonly record struct PoolingAxis(int Pixels, int Windows, int Size, int Stride, int Padding)
{
    /// <summary>The pixels of the image in a window, and the place of the first of them in the window.</summary>
    public (int First, int End, int Tap) Covered(int window)
    {
        int start = (window * Stride) - Padding;
        int first = Math.Max(start, 0);
        return (first, Math.Min(start + Size, Pixels), first - start);
    }

    /// <summary>The windows that cover a pixel.</summary>
    public Covering Covering(int pixel)
    {
        int place = pixel + Padding;
        int first = place < Size ? 0 : (place - Size + Stride) / Stride;
        int end = Math.Min(Windows, (place / Stride) + 1);
        return new Covering(first, Math.Max(0, end - first), place - (first * Stride));
    }
}

/// <summary>The windows that cover a pixel along one axis.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
/// <param name="Tap">The place of the pixel in the first of them; in each next one it is a stride less.</param>
internal readonly record struct Covering(int First, int Count, int Tap);
