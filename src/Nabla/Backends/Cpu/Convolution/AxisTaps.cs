namespace Nabla.Backends.Cpu.Convolution;

/// <summary>
/// Along one axis, the elements of a kernel that a set of results uses, in ascending order of the source pixels that they read. Both are
/// arithmetic sequences. A window of result r begins at source pixel r * stride - <see cref="Lead"/>.
/// </summary>
/// <param name="Count">How many elements of the kernel take part.</param>
/// <param name="FirstKernel">The first of them.</param>
/// <param name="KernelStep">From one to the next.</param>
/// <param name="SourceStep">From one's source pixel to the next one's.</param>
/// <param name="Lead">The source pixels by which the first window begins before the image.</param>
internal readonly record struct AxisTaps(int Count, int FirstKernel, int KernelStep, int SourceStep, int Lead)
{
    /// <summary>The source pixels from the first tap to the last.</summary>
    public int Extent => Count == 0 ? 0 : ((Count - 1) * SourceStep) + 1;

    /// <summary>Of a window that begins at a source pixel, the taps that lie in the image.</summary>
    public (int First, int End) Inside(int corner, int length)
    {
        int first = corner >= 0 ? 0 : Math.Min(Count, (-corner + SourceStep - 1) / Math.Max(1, SourceStep));
        int end = corner >= length ? 0 : Math.Min(Count, ((length - 1 - corner) / Math.Max(1, SourceStep)) + 1);
        return (first, Math.Max(first, end));
    }

    /// <summary>The results whose windows lie in the image as a whole.</summary>
    public (int First, int End) Whole(int results, int stride, int length)
    {
        int first = Lead <= 0 ? 0 : Math.Min(results, (Lead + stride - 1) / stride);
        int last = length - Extent + Lead;
        return (first, last < 0 ? first : Math.Clamp((last / stride) + 1, first, results));
    }

    /// <summary>All taps of a kernel, in order.</summary>
    public static AxisTaps Forward(int kernel, int dilation, int padding) => new(kernel, 0, 1, dilation, padding);

    /// <summary>
    /// The taps that reach pixels <paramref name="first"/>, first + stride, ... of an image from the cotangent of its convolution: pixel p
    /// meets tap k at (p + padding - k * dilation) / stride, if that divides.
    /// </summary>
    public static AxisTaps Backward(int kernel, int stride, int dilation, int padding, int first)
    {
        int common = GreatestCommonDivisor(stride, dilation);
        for (int tap = kernel - 1; tap >= 0 && tap >= kernel - stride; tap--)
        {
            int distance = first + padding - (tap * dilation);
            if (distance % stride == 0)
            {
                int step = stride / common;
                return new AxisTaps((tap / step) + 1, tap, -step, dilation / common, -(distance / stride));
            }
        }

        return default;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
