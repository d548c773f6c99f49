// Working memory of kernels: packed operands, padded images, edge tiles. Each thread owns one buffer a purpose, which grows
// to the largest request and is then reused for ever, so that kernels allocate nothing once warm.
// The buffers are pinned arrays of the collector: they die with their thread.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>Lends each thread reusable, 64-byte-aligned working memory.</summary>
internal static unsafe class Scratch
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static byte[]?[]? t_buffers;

    /// <summary>
    /// This thread's buffer for <paramref name="use"/>, with room for <paramref name="count"/> elements.
    /// Its content is unspecified, and it is valid until the same thread asks for the same use again.
    /// </summary>
    public static T* Get<T>(ScratchUse use, nint count)
        where T : unmanaged
    {
        byte[]?[] buffers = t_buffers ??= new byte[]?[(int)ScratchUse.Count];
        nint bytes = checked(count * sizeof(T) + Alignment);
        byte[]? buffer = buffers[(int)use];
        if (buffer is null || buffer.Length < bytes)
        {
            buffer = buffers[(int)use] = GC.AllocateUninitializedArray<byte>(checked((int)bytes), pinned: true);
        }

        nuint address = (nuint)Unsafe.AsPointer(ref buffer[0]);
        return (T*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }
}

/// <summary>What a scratch buffer holds. A kernel that calls another one must not share a use with it.</summary>
internal enum ScratchUse
{
    /// <summary>A row tile of the left operand.</summary>
    PackedLeft,

    /// <summary>A block of the right operand, private to a piece.</summary>
    PackedRight,

    /// <summary>A tile of results that hangs over the edge of its matrix.</summary>
    EdgeTile,

    /// <summary>An image with its padding written out.</summary>
    PaddedImage,

    /// <summary>Rearranged convolution weights, shared by the pieces of a job.</summary>
    PackedWeights,

    /// <summary>Sums over slices of a batch, shared by the pieces of a job.</summary>
    PartialSums,

    /// <summary>Where the segments of a product's inner axis begin.</summary>
    Segments,

    /// <summary>What lies between the steps of a fused chain.</summary>
    Tiles,

    /// <summary>What lies between the passes of a reduction over axes that are apart.</summary>
    Reductions,

    /// <summary>Indices as int32.</summary>
    Indices,

    /// <summary>Which windows of a pooling cover each column.</summary>
    Covering,

    /// <summary>Rows of a convolution's results that are not kept.</summary>
    ResultRows,

    /// <summary>Tiles of images as Winograd's algorithm multiplies them.</summary>
    TransformedTiles,

    /// <summary>Products of transformed tiles.</summary>
    TransformedResults,

    /// <summary>A block of weights in few bits, as floats.</summary>
    GroupedWeights,

    /// <summary>The terms of a sparse sum.</summary>
    Terms,

    /// <summary>How many terms each sum has.</summary>
    TermCounts,

    /// <summary>The states and gates of some sequences at one step.</summary>
    RecurrentState,

    /// <summary>The cosines and sines of a step's angles.</summary>
    Angles,

    /// <summary>By how much the angles grow a step, shared by the pieces of a job.</summary>
    Frequencies,

    /// <summary>The packed keys and values of an attention, and what it computes of a block of queries.</summary>
    Attention,

    /// <summary>The largest sums of a pooling's window, or the sums of a pixel's channels.</summary>
    PooledSums,

    /// <summary>The number of uses.</summary>
    Count,
}
