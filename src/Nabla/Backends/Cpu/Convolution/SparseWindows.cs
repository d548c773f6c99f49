using System.Numerics;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>
/// The windows of a convolution at the taps of a pooling: which pieces of memory a window consists of, and where the window of a tap begins.
/// </summary>
internal readonly unsafe struct SparseWindows
{
    // Vectors of all machines divide this, so that none of them computes in another way.
    private const int LongestVector = 16;
    private const int FewestTaps = 2;

    /// <summary>The elements whose bits are looked at together.</summary>
    public const int Block = 64;

    private readonly ConvolutionShape shape;
    private readonly PoolingWork pooling;
    private readonly bool joined;

    public SparseWindows(in ConvolutionShape shape, in PoolingWork pooling)
    {
        this.shape = shape;
        this.pooling = pooling;
        joined = shape.DilationX == 1;
        SegmentLength = joined ? shape.KernelWidth * shape.Inputs : shape.Inputs;
    }

    /// <summary>How many runs of segments, at equal distances, a window has.</summary>
    public int Runs => joined ? 1 : shape.KernelHeight;

    /// <summary>The segments of a run: pieces of memory.</summary>
    public int Segments => joined ? shape.KernelHeight : shape.KernelWidth;

    /// <summary>The elements of each.</summary>
    public int SegmentLength { get; }

    /// <summary>The elements of a run.</summary>
    public int RunLength => Segments * SegmentLength;

    /// <summary>The elements of a window.</summary>
    public int Length => Runs * RunLength;

    /// <summary>Whether sums of single windows take less time than a convolution of all.</summary>
    public bool IsWorthwhile => shape.Groups == 1 && SegmentLength % LongestVector == 0 && pooling.Y.Stride * pooling.X.Stride >= FewestTaps;

    /// <summary>Where a run begins, counted from its window.</summary>
    public nint RunOffset(int run, nint rowStride) => run * shape.DilationY * rowStride;

    /// <summary>From one segment of a run to the next.</summary>
    public nint SegmentStride(nint rowStride) => joined ? shape.DilationY * rowStride : (nint)shape.DilationX * shape.Inputs;

    /// <summary>Where the window begins that the first tap of a pooling window stands for, counted from the first pixel of the image.</summary>
    public nint Corner(int windowY, int windowX, nint rowStride) =>
        (((windowY * pooling.Y.Stride) - pooling.Y.Padding) * shape.StrideY * rowStride)
        + ((nint)((windowX * pooling.X.Stride) - pooling.X.Padding) * shape.StrideX * shape.Inputs);

    /// <summary>Where the window of a tap begins, counted from that of the first tap.</summary>
    public nint TapOffset(int tap, nint rowStride)
    {
        (int y, int x) = Math.DivRem(tap, pooling.X.Size);
        return (y * shape.StrideY * rowStride) + ((nint)x * shape.StrideX * shape.Inputs);
    }

    /// <summary>Of up to 64 elements those that are not zero, as bits.</summary>
    public static ulong Living<T>(T* values, int count)
        where T : unmanaged, INumberBase<T>
    {
        ulong bits = 0;
        int whole = count / Vector512<T>.Count * Vector512<T>.Count;
        for (int first = 0; first < whole; first += Vector512<T>.Count)
        {
            bits |= (~Vector512.Equals(Vector512.Load(values + first), Vector512<T>.Zero)).ExtractMostSignificantBits() << first;
        }

        for (int lane = whole; lane < count; lane++)
        {
            bits |= T.IsZero(values[lane]) ? 0 : 1UL << lane;
        }

        return bits;
    }
}
