namespace Nabla.Backends.Cpu.Convolution;

/// <summary>A convolution of each channel alone, or its gradient with respect to the images for one phase of the stride.</summary>
internal unsafe struct ChannelWork<T>
    where T : unmanaged
{
    /// <summary>The images that are read; as many channels as in the results.</summary>
    public int Images;
    public int Height;
    public int Width;
    public T* Source;

    /// <summary>The results.</summary>
    public TargetGrid Grid;
    public T* Target;

    /// <summary>The source pixels from one result to the next.</summary>
    public int StrideY;
    public int StrideX;
    public AxisTaps TapsY;
    public AxisTaps TapsX;

    /// <summary>The weights, <c>[kernelHeight, kernelWidth, channels]</c>.</summary>
    public T* Weights;
    public int KernelWidth;

    /// <summary>One for each channel, or null.</summary>
    public T* Bias;
    public bool Relu;

    public readonly nint RowStride => (nint)Width * Grid.Channels;

    public readonly nint ImageSize => Height * RowStride;
}
