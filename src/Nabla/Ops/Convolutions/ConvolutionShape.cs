namespace Nabla.Ops.Convolutions;

/// <summary>
/// The sizes of a 2-D convolution on <c>[batch, height, width, channels]</c> with weights <c>[kernelHeight, kernelWidth, inputs / groups, outputs]</c>.
/// </summary>
internal readonly record struct ConvolutionShape(
    int Batch, int Height, int Width, int Inputs, int Outputs, int KernelHeight, int KernelWidth, int StrideY, int StrideX,
    int PadTop, int PadBottom, int PadLeft, int PadRight, int DilationY, int DilationX, int Groups)
{
    public int OutputHeight => ((PaddedHeight - ExtentY) / StrideY) + 1;

    public int OutputWidth => ((PaddedWidth - ExtentX) / StrideX) + 1;

    public int PaddedHeight => Height + PadTop + PadBottom;

    public int PaddedWidth => Width + PadLeft + PadRight;

    /// <summary>The rows of the image that the kernel spans.</summary>
    public int ExtentY => ((KernelHeight - 1) * DilationY) + 1;

    /// <summary>The columns of the image that the kernel spans.</summary>
    public int ExtentX => ((KernelWidth - 1) * DilationX) + 1;

    /// <summary>The channels that one group reads.</summary>
    public int GroupInputs => Inputs / Groups;

    /// <summary>The channels that one group writes.</summary>
    public int GroupOutputs => Outputs / Groups;

    public bool IsPadded => (PadTop | PadBottom | PadLeft | PadRight) != 0;

    /// <summary>
    /// Whether each pixel is convolved alone: then the convolution is a product of matrices, <c>[pixels, inputs]</c> and <c>[inputs, outputs]</c>.
    /// </summary>
    public bool IsProduct => (KernelHeight, KernelWidth, StrideY, StrideX, Groups) == (1, 1, 1, 1, 1) && !IsPadded;

    /// <summary>The pixels of all images.</summary>
    public int Pixels => Batch * Height * Width;

    /// <summary>The elements of one image.</summary>
    public nint ImageSize => (nint)Height * Width * Inputs;

    /// <summary>The elements of one result.</summary>
    public nint ResultSize => (nint)OutputHeight * OutputWidth * Outputs;
}
