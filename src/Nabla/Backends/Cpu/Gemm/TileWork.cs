namespace Nabla.Backends.Cpu.Gemm;

/// <summary>What a tile multiplies, and where its results go. Strides count elements.</summary>
internal unsafe struct TileWork<T>
    where T : unmanaged
{
    /// <summary>The left operand: row i at step p of segment s is <c>Left[i * RowStride + p * StepStride + Offsets[s]]</c>.</summary>
    public T* Left;
    public nint RowStride;
    public nint StepStride;

    /// <summary>Where each segment begins, or null for one segment at zero.</summary>
    public nint* Offsets;
    public nint Segments;
    public nint SegmentLength;

    /// <summary>The right operand: its steps follow each other through all segments.</summary>
    public T* Right;
    public nint RightStride;

    /// <summary>The results.</summary>
    public T* Target;
    public nint TargetStride;

    /// <summary>Added to each row after the last step, or null.</summary>
    public T* Bias;

    /// <summary>Whether the sums go on from what is in <see cref="Target"/> or start at zero.</summary>
    public bool Accumulate;

    /// <summary>Whether negative results become zero.</summary>
    public bool Relu;
}
