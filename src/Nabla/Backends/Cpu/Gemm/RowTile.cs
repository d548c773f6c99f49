// One row by up to eight vectors of sums. A single row has nothing to reuse, so it wants many sums at once: they hide the latency of
// the multiply-adds, and each step reads as much of the right operand as lies together.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>A register tile one row high.</summary>
internal static unsafe class RowTile<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>The most vectors of a tile.</summary>
    public const int MostVectors = 8;

    /// <summary>Computes one row of whole vectors, in one segment of steps.</summary>
    public static void Run(int vectors, TileWork<T>* work)
    {
        switch (vectors)
        {
            case 1: Run<Count1>(work); break;
            case 2: Run<Count2>(work); break;
            case 3: Run<Count3>(work); break;
            case 4: Run<Count4>(work); break;
            case 5: Run<Count5>(work); break;
            case 6: Run<Count6>(work); break;
            case 7: Run<Count7>(work); break;
            case 8: Run<Count8>(work); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVectors>(TileWork<T>* work)
        where TVectors : struct, ITileCount
    {
        T* target = work->Target;
        TVector zero = TLanes.Zero;
        TVector s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
        if (work->Accumulate)
        {
            if (TVectors.Count > 0) { s0 = TLanes.Load(target + (0 * TLanes.Count)); }
            if (TVectors.Count > 1) { s1 = TLanes.Load(target + (1 * TLanes.Count)); }
            if (TVectors.Count > 2) { s2 = TLanes.Load(target + (2 * TLanes.Count)); }
            if (TVectors.Count > 3) { s3 = TLanes.Load(target + (3 * TLanes.Count)); }
            if (TVectors.Count > 4) { s4 = TLanes.Load(target + (4 * TLanes.Count)); }
            if (TVectors.Count > 5) { s5 = TLanes.Load(target + (5 * TLanes.Count)); }
            if (TVectors.Count > 6) { s6 = TLanes.Load(target + (6 * TLanes.Count)); }
            if (TVectors.Count > 7) { s7 = TLanes.Load(target + (7 * TLanes.Count)); }
        }

        T* left = work->Left;
        T* right = work->Right;
        (nint step, nint stride) = (work->StepStride, work->RightStride);
        for (nint remaining = work->SegmentLength; remaining > 0; remaining--, left += step, right += stride)
        {
            TVector x = TLanes.Broadcast(left);
            if (TVectors.Count > 0) { s0 = TLanes.MultiplyAdd(x, TLanes.Load(right + (0 * TLanes.Count)), s0); }
            if (TVectors.Count > 1) { s1 = TLanes.MultiplyAdd(x, TLanes.Load(right + (1 * TLanes.Count)), s1); }
            if (TVectors.Count > 2) { s2 = TLanes.MultiplyAdd(x, TLanes.Load(right + (2 * TLanes.Count)), s2); }
            if (TVectors.Count > 3) { s3 = TLanes.MultiplyAdd(x, TLanes.Load(right + (3 * TLanes.Count)), s3); }
            if (TVectors.Count > 4) { s4 = TLanes.MultiplyAdd(x, TLanes.Load(right + (4 * TLanes.Count)), s4); }
            if (TVectors.Count > 5) { s5 = TLanes.MultiplyAdd(x, TLanes.Load(right + (5 * TLanes.Count)), s5); }
            if (TVectors.Count > 6) { s6 = TLanes.MultiplyAdd(x, TLanes.Load(right + (6 * TLanes.Count)), s6); }
            if (TVectors.Count > 7) { s7 = TLanes.MultiplyAdd(x, TLanes.Load(right + (7 * TLanes.Count)), s7); }
        }

        if (work->Bias is not null)
        {
            T* bias = work->Bias;
            if (TVectors.Count > 0) { s0 = TLanes.Add(s0, TLanes.Load(bias + (0 * TLanes.Count))); }
            if (TVectors.Count > 1) { s1 = TLanes.Add(s1, TLanes.Load(bias + (1 * TLanes.Count))); }
            if (TVectors.Count > 2) { s2 = TLanes.Add(s2, TLanes.Load(bias + (2 * TLanes.Count))); }
            if (TVectors.Count > 3) { s3 = TLanes.Add(s3, TLanes.Load(bias + (3 * TLanes.Count))); }
            if (TVectors.Count > 4) { s4 = TLanes.Add(s4, TLanes.Load(bias + (4 * TLanes.Count))); }
            if (TVectors.Count > 5) { s5 = TLanes.Add(s5, TLanes.Load(bias + (5 * TLanes.Count))); }
            if (TVectors.Count > 6) { s6 = TLanes.Add(s6, TLanes.Load(bias + (6 * TLanes.Count))); }
            if (TVectors.Count > 7) { s7 = TLanes.Add(s7, TLanes.Load(bias + (7 * TLanes.Count))); }
        }

        if (work->Relu)
        {
            if (TVectors.Count > 0) { s0 = TLanes.Max(s0, zero); }
            if (TVectors.Count > 1) { s1 = TLanes.Max(s1, zero); }
            if (TVectors.Count > 2) { s2 = TLanes.Max(s2, zero); }
            if (TVectors.Count > 3) { s3 = TLanes.Max(s3, zero); }
            if (TVectors.Count > 4) { s4 = TLanes.Max(s4, zero); }
            if (TVectors.Count > 5) { s5 = TLanes.Max(s5, zero); }
            if (TVectors.Count > 6) { s6 = TLanes.Max(s6, zero); }
            if (TVectors.Count > 7) { s7 = TLanes.Max(s7, zero); }
        }

        if (TVectors.Count > 0) { TLanes.Store(target + (0 * TLanes.Count), s0); }
        if (TVectors.Count > 1) { TLanes.Store(target + (1 * TLanes.Count), s1); }
        if (TVectors.Count > 2) { TLanes.Store(target + (2 * TLanes.Count), s2); }
        if (TVectors.Count > 3) { TLanes.Store(target + (3 * TLanes.Count), s3); }
        if (TVectors.Count > 4) { TLanes.Store(target + (4 * TLanes.Count), s4); }
        if (TVectors.Count > 5) { TLanes.Store(target + (5 * TLanes.Count), s5); }
        if (TVectors.Count > 6) { TLanes.Store(target + (6 * TLanes.Count), s6); }
        if (TVectors.Count > 7) { TLanes.Store(target + (7 * TLanes.Count), s7); }
    }
}
