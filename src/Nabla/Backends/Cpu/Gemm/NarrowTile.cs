// As the wide tile, with one vector of sums a row.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>A register tile one vector wide.</summary>
internal static unsafe class NarrowTile<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows>(TileWork<T>* work)
        where TRows : struct, ITileCount
    {
        T* target = work->Target;
        nint stride = work->TargetStride;
        TVector zero = TLanes.Zero;
        TVector l0 = zero;
        TVector l1 = zero;
        TVector l2 = zero;
        TVector l3 = zero;
        TVector l4 = zero;
        TVector l5 = zero;
        TVector l6 = zero;
        TVector l7 = zero;
        TVector l8 = zero;
        TVector l9 = zero;
        TVector l10 = zero;
        TVector l11 = zero;
        TVector l12 = zero;
        TVector l13 = zero;
        if (work->Accumulate)
        {
            if (TRows.Count > 0) { l0 = TLanes.Load(target + (0 * stride)); }
            if (TRows.Count > 1) { l1 = TLanes.Load(target + (1 * stride)); }
            if (TRows.Count > 2) { l2 = TLanes.Load(target + (2 * stride)); }
            if (TRows.Count > 3) { l3 = TLanes.Load(target + (3 * stride)); }
            if (TRows.Count > 4) { l4 = TLanes.Load(target + (4 * stride)); }
            if (TRows.Count > 5) { l5 = TLanes.Load(target + (5 * stride)); }
            if (TRows.Count > 6) { l6 = TLanes.Load(target + (6 * stride)); }
            if (TRows.Count > 7) { l7 = TLanes.Load(target + (7 * stride)); }
            if (TRows.Count > 8) { l8 = TLanes.Load(target + (8 * stride)); }
            if (TRows.Count > 9) { l9 = TLanes.Load(target + (9 * stride)); }
            if (TRows.Count > 10) { l10 = TLanes.Load(target + (10 * stride)); }
            if (TRows.Count > 11) { l11 = TLanes.Load(target + (11 * stride)); }
            if (TRows.Count > 12) { l12 = TLanes.Load(target + (12 * stride)); }
            if (TRows.Count > 13) { l13 = TLanes.Load(target + (13 * stride)); }
        }

        nint row1 = work->RowStride, row2 = 2 * row1, row3 = 3 * row1, step = work->StepStride;
        T* right = work->Right;
        nint rightStride = work->RightStride;
        for (nint segment = 0; segment < work->Segments; segment++)
        {
            T* a = work->Left + (work->Offsets is null ? 0 : work->Offsets[segment]);
            T* b = a + (4 * row1), c = a + (8 * row1), d = a + (12 * row1);
            for (nint remaining = work->SegmentLength; remaining > 0; remaining--)
            {
                TVector left = TLanes.Load(right);
                right += rightStride;
                if (TRows.Count > 0) { TVector x = TLanes.Broadcast(a); l0 = TLanes.MultiplyAdd(x, left, l0); }
                if (TRows.Count > 1) { TVector x = TLanes.Broadcast(a + row1); l1 = TLanes.MultiplyAdd(x, left, l1); }
                if (TRows.Count > 2) { TVector x = TLanes.Broadcast(a + row2); l2 = TLanes.MultiplyAdd(x, left, l2); }
                if (TRows.Count > 3) { TVector x = TLanes.Broadcast(a + row3); l3 = TLanes.MultiplyAdd(x, left, l3); }
                if (TRows.Count > 4) { TVector x = TLanes.Broadcast(b); l4 = TLanes.MultiplyAdd(x, left, l4); }
                if (TRows.Count > 5) { TVector x = TLanes.Broadcast(b + row1); l5 = TLanes.MultiplyAdd(x, left, l5); }
                if (TRows.Count > 6) { TVector x = TLanes.Broadcast(b + row2); l6 = TLanes.MultiplyAdd(x, left, l6); }
                if (TRows.Count > 7) { TVector x = TLanes.Broadcast(b + row3); l7 = TLanes.MultiplyAdd(x, left, l7); }
                if (TRows.Count > 8) { TVector x = TLanes.Broadcast(c); l8 = TLanes.MultiplyAdd(x, left, l8); }
                if (TRows.Count > 9) { TVector x = TLanes.Broadcast(c + row1); l9 = TLanes.MultiplyAdd(x, left, l9); }
                if (TRows.Count > 10) { TVector x = TLanes.Broadcast(c + row2); l10 = TLanes.MultiplyAdd(x, left, l10); }
                if (TRows.Count > 11) { TVector x = TLanes.Broadcast(c + row3); l11 = TLanes.MultiplyAdd(x, left, l11); }
                if (TRows.Count > 12) { TVector x = TLanes.Broadcast(d); l12 = TLanes.MultiplyAdd(x, left, l12); }
                if (TRows.Count > 13) { TVector x = TLanes.Broadcast(d + row1); l13 = TLanes.MultiplyAdd(x, left, l13); }
                a += step;
                if (TRows.Count > 4) { b += step; }
                if (TRows.Count > 8) { c += step; }
                if (TRows.Count > 12) { d += step; }
            }
        }

        if (work->Bias is not null)
        {
            TVector left = TLanes.Load(work->Bias);
            if (TRows.Count > 0) { l0 = TLanes.Add(l0, left); }
            if (TRows.Count > 1) { l1 = TLanes.Add(l1, left); }
            if (TRows.Count > 2) { l2 = TLanes.Add(l2, left); }
            if (TRows.Count > 3) { l3 = TLanes.Add(l3, left); }
            if (TRows.Count > 4) { l4 = TLanes.Add(l4, left); }
            if (TRows.Count > 5) { l5 = TLanes.Add(l5, left); }
            if (TRows.Count > 6) { l6 = TLanes.Add(l6, left); }
            if (TRows.Count > 7) { l7 = TLanes.Add(l7, left); }
            if (TRows.Count > 8) { l8 = TLanes.Add(l8, left); }
            if (TRows.Count > 9) { l9 = TLanes.Add(l9, left); }
            if (TRows.Count > 10) { l10 = TLanes.Add(l10, left); }
            if (TRows.Count > 11) { l11 = TLanes.Add(l11, left); }
            if (TRows.Count > 12) { l12 = TLanes.Add(l12, left); }
            if (TRows.Count > 13) { l13 = TLanes.Add(l13, left); }
        }

        if (work->Relu)
        {
            if (TRows.Count > 0) { l0 = TLanes.Max(l0, zero); }
            if (TRows.Count > 1) { l1 = TLanes.Max(l1, zero); }
            if (TRows.Count > 2) { l2 = TLanes.Max(l2, zero); }
            if (TRows.Count > 3) { l3 = TLanes.Max(l3, zero); }
            if (TRows.Count > 4) { l4 = TLanes.Max(l4, zero); }
            if (TRows.Count > 5) { l5 = TLanes.Max(l5, zero); }
            if (TRows.Count > 6) { l6 = TLanes.Max(l6, zero); }
            if (TRows.Count > 7) { l7 = TLanes.Max(l7, zero); }
            if (TRows.Count > 8) { l8 = TLanes.Max(l8, zero); }
            if (TRows.Count > 9) { l9 = TLanes.Max(l9, zero); }
            if (TRows.Count > 10) { l10 = TLanes.Max(l10, zero); }
            if (TRows.Count > 11) { l11 = TLanes.Max(l11, zero); }
            if (TRows.Count > 12) { l12 = TLanes.Max(l12, zero); }
            if (TRows.Count > 13) { l13 = TLanes.Max(l13, zero); }
        }

        if (TRows.Count > 0) { TLanes.Store(target + (0 * stride), l0); }
        if (TRows.Count > 1) { TLanes.Store(target + (1 * stride), l1); }
        if (TRows.Count > 2) { TLanes.Store(target + (2 * stride), l2); }
        if (TRows.Count > 3) { TLanes.Store(target + (3 * stride), l3); }
        if (TRows.Count > 4) { TLanes.Store(target + (4 * stride), l4); }
        if (TRows.Count > 5) { TLanes.Store(target + (5 * stride), l5); }
        if (TRows.Count > 6) { TLanes.Store(target + (6 * stride), l6); }
        if (TRows.Count > 7) { TLanes.Store(target + (7 * stride), l7); }
        if (TRows.Count > 8) { TLanes.Store(target + (8 * stride), l8); }
        if (TRows.Count > 9) { TLanes.Store(target + (9 * stride), l9); }
        if (TRows.Count > 10) { TLanes.Store(target + (10 * stride), l10); }
        if (TRows.Count > 11) { TLanes.Store(target + (11 * stride), l11); }
        if (TRows.Count > 12) { TLanes.Store(target + (12 * stride), l12); }
        if (TRows.Count > 13) { TLanes.Store(target + (13 * stride), l13); }
    }
}
