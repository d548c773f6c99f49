using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>
/// How the weights of a product or a convolution stand in panels. The inner axis is cut into segments that lie together in memory, each padded to
/// whole quads; a panel holds two vectors of columns of a group, and of each quad its number and its weights.
/// </summary>
/// <param name="Segments">The segments of the inner axis.</param>
/// <param name="SegmentLength">The steps of a segment.</param>
/// <param name="Groups">The groups of columns.</param>
/// <param name="GroupOutputs">The columns of a group.</param>
/// <param name="Width">The columns of a panel.</param>
/// <param name="MostParts">In how many parts a quad may be cut whose sums do not fit 16 bits.</param>
internal readonly record struct QuadLayout(int Segments, int SegmentLength, int Groups, int GroupOutputs, int Width, int MostParts)
{
    /// <summary>The bytes before the numbers of the quads: how many groups of four, two and one there are.</summary>
    public const int HeaderBytes = 64;

    private const int Quad = 4;
    private const long Alignment = 64;

    /// <summary>The quads of a segment.</summary>
    public int SegmentQuads => (SegmentLength + Quad - 1) / Quad;

    /// <summary>The quads of the inner axis.</summary>
    public int Quads => Segments * SegmentQuads;

    /// <summary>The steps of the inner axis.</summary>
    public int Steps => Segments * SegmentLength;

    /// <summary>The columns of all groups.</summary>
    public int Outputs => Groups * GroupOutputs;

    /// <summary>The panels of a group.</summary>
    public int PanelsPerGroup => (GroupOutputs + Width - 1) / Width;

    /// <summary>The panels of all groups.</summary>
    public int Panels => Groups * PanelsPerGroup;

    /// <summary>Where the weights of a panel begin.</summary>
    public long WeightsAt => Aligned(HeaderBytes + ((long)Quads * MostParts * sizeof(int)));

    /// <summary>The bytes of a panel.</summary>
    public long PanelBytes => Aligned(WeightsAt + ((long)Quads * MostParts * Width * Quad));

    /// <summary>The bytes of all panels.</summary>
    public long Bytes => PanelBytes * Panels;

    /// <summary>Whether the last quad of a segment reaches beyond it.</summary>
    public bool ReachesBeyond => SegmentLength % Quad != 0;

    /// <summary>The layout of a product of <c>[rows, inputs]</c> with <c>[inputs, units]</c>.</summary>
    public static QuadLayout OfProduct(int inputs, int units, int width, int mostParts) => new(1, inputs, 1, units, width, mostParts);

    /// <summary>The layout of a convolution: taps whose pixels follow each other in memory are one segment.</summary>
    public static QuadLayout OfConvolution(in ConvolutionShape shape, int width, int mostParts) => Joins(shape)
        ? new(shape.KernelHeight, shape.KernelWidth * shape.Inputs, 1, shape.Outputs, width, mostParts)
        : new(shape.KernelHeight * shape.KernelWidth, shape.GroupInputs, shape.Groups, shape.GroupOutputs, width, mostParts);

    /// <summary>Writes where each quad of a window stands, counted from the window's corner.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="rowStride">The bytes from one row of pixels to the next.</param>
    /// <param name="offsets">One for each quad.</param>
    public unsafe void SetOffsets(in ConvolutionShape shape, nint rowStride, nint* offsets)
    {
        int perRow = Joins(shape) ? 1 : shape.KernelWidth;
        for (int quad = 0; quad < Quads; quad++)
        {
            (int segment, int place) = Math.DivRem(quad, SegmentQuads);
            (int y, int x) = Math.DivRem(segment, perRow);
            offsets[quad] = (y * shape.DilationY * rowStride) + ((nint)x * shape.DilationX * shape.Inputs) + (place * Quad);
        }
    }

    private static bool Joins(in ConvolutionShape shape) => shape.Groups == 1 && (shape.DilationX == 1 || shape.KernelWidth == 1);

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
