namespace Nabla.Conformance.Compare;

/// <summary>Images and a window that fits into them.</summary>
internal sealed record ImageSizes(int Batch, int Height, int Width, int KernelHeight, int KernelWidth, int Stride, int Padding, int Dilation)
{
    public static ImageSizes Draw(Random random)
    {
        (int kernelHeight, int kernelWidth, int dilation) = (random.Next(1, 5), random.Next(1, 5), random.Next(1, 3));
        return new ImageSizes(
            random.Next(1, 4), (kernelHeight * dilation) + random.Next(12), (kernelWidth * dilation) + random.Next(12), kernelHeight, kernelWidth,
            random.Next(1, 4), random.Next(3), dilation);
    }

    public override string ToString() => $"{Batch} images {Height}x{Width}, kernel {KernelHeight}x{KernelWidth}, stride {Stride}, padding {Padding}, dilation {Dilation}";
}
