using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>
/// The elements of an image under one window of a pooled convolution and one or more rows of its kernel: lines of the windows of all taps.
/// </summary>
internal readonly unsafe struct NarrowPatch
{
    /// <summary>The most elements of a patch: two registers.</summary>
    public const int Size = 32;

    /// <summary>The most taps.</summary>
    public const int MostTaps = 16;

    private const int FewestTaps = 2;

    private readonly ConvolutionShape shape;
    private readonly PoolingWork pooling;
    private readonly int rowsOfTaps;

    public NarrowPatch(in ConvolutionShape shape, in PoolingWork pooling)
    {
        this.shape = shape;
        this.pooling = pooling;
        WeightsPerRow = shape.KernelWidth * shape.Inputs;
        LineLength = ((pooling.X.Size - 1) * shape.StrideX * shape.Inputs) + WeightsPerRow;
        LineStep = shape.DilationY % shape.StrideY == 0 ? shape.StrideY : shape.StrideY % shape.DilationY == 0 ? shape.DilationY : 1;
        rowsOfTaps = (((pooling.Y.Size - 1) * shape.StrideY) / LineStep) + 1;
        int most = Size / Math.Max(1, LineLength);
        KernelRows = Math.Clamp(((most - rowsOfTaps) / Math.Max(1, shape.DilationY / LineStep)) + 1, 1, Math.Max(1, shape.KernelHeight));
    }

    /// <summary>Whether sums of patches can be used, and take less time than a convolution of all results.</summary>
    public bool IsWorthwhile => shape is { Groups: 1, DilationX: 1 } && pooling.Y.Stride * pooling.X.Stride >= FewestTaps
        && pooling.Y.Size * pooling.X.Size <= MostTaps && LineLength <= Size && rowsOfTaps * LineLength <= Size && IsWhole(pooling.Y) && IsWhole(pooling.X);

    /// <summary>The weights of an output in one row of the kernel.</summary>
    public int WeightsPerRow { get; }

    /// <summary>The elements of a line.</summary>
    public int LineLength { get; }

    /// <summary>The rows of the image from one line to the next.</summary>
    public int LineStep { get; }

    /// <summary>The rows of the kernel whose windows fit a patch.</summary>
    public int KernelRows { get; }

    /// <summary>The lines of a patch for some rows of the kernel.</summary>
    public int Lines(int kernelRows) => rowsOfTaps + ((kernelRows - 1) * shape.DilationY / LineStep);

    /// <summary>Writes where the window of each tap begins in a patch, and where each weight's element lies in a window.</summary>
    public void WriteOffsets(int* taps, int* weights, int count)
    {
        for (int tap = 0; tap < MostTaps; tap++)
        {
            (int y, int x) = Math.DivRem(tap, pooling.X.Size);
            taps[tap] = y < pooling.Y.Size ? (y * shape.StrideY / LineStep * LineLength) + (x * shape.StrideX * shape.Inputs) : 0;
        }

        for (int weight = 0; weight < count; weight++)
        {
            (int row, int element) = Math.DivRem(weight, WeightsPerRow);
            weights[weight] = (row * shape.DilationY / LineStep * LineLength) + element;
        }
    }

    /// <summary>Whether no window hangs over an edge.</summary>
    private static bool IsWhole(PoolingAxis axis) => axis.Padding == 0 && ((axis.Windows - 1) * axis.Stride) + axis.Size <= axis.Pixels;
}
