// The one inner loop of matrix products and convolutions. Up to 14 rows by two vectors of sums stay in registers while the inner
// axis is walked; each step loads two vectors of the right operand and broadcasts one element of the left a row. The left
// operand is read in place or packed: rows, steps and segments of steps have strides of their own, so that matrices, transposed
// ones and the overlapping windows of an image are all one case. Each result is one chain of fused multiply-adds in the order
// of the steps, at any tile size and vector width. From the first-level cache: 97-100 % of peak on Zen 4.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>A register tile two vectors wide.</summary>
internal static unsafe class WideTile<T, TVector, TLanes>
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
        TVector l0 = zero, r0 = zero;
        TVector l1 = zero, r1 = zero;
        TVector l2 = zero, r2 = zero;
        TVector l3 = zero, r3 = zero;
        TVector l4 = zero, r4 = zero;
        TVector l5 = zero, r5 = zero;
        TVector l6 = zero, r6 = zero;
        TVector l7 = zero, r7 = zero;
        TVector l8 = zero, r8 = zero;
        TVector l9 = zero, r9 = zero;
        TVector l10 = zero, r10 = zero;
        TVector l11 = zero, r11 = zero;
        TVector l12 = zero, r12 = zero;
        TVector l13 = zero, r13 = zero;
        if (work->Accumulate)
        {
            if (TRows.Count > 0) { l0 = TLanes.Load(target + (0 * stride)); r0 = TLanes.Load(target + (0 * stride) + TLanes.Count); }
            if (TRows.Count > 1) { l1 = TLanes.Load(target + (1 * stride)); r1 = TLanes.Load(target + (1 * stride) + TLanes.Count); }
            if (TRows.Count > 2) { l2 = TLanes.Load(target + (2 * stride)); r2 = TLanes.Load(target + (2 * stride) + TLanes.Count); }
            if (TRows.Count > 3) { l3 = TLanes.Load(target + (3 * stride)); r3 = TLanes.Load(target + (3 * stride) + TLanes.Count); }
            if (TRows.Count > 4) { l4 = TLanes.Load(target + (4 * stride)); r4 = TLanes.Load(target + (4 * stride) + TLanes.Count); }
            if (TRows.Count > 5) { l5 = TLanes.Load(target + (5 * stride)); r5 = TLanes.Load(target + (5 * stride) + TLanes.Count); }
            if (TRows.Count > 6) { l6 = TLanes.Load(target + (6 * stride)); r6 = TLanes.Load(target + (6 * stride) + TLanes.Count); }
            if (TRows.Count > 7) { l7 = TLanes.Load(target + (7 * stride)); r7 = TLanes.Load(target + (7 * stride) + TLanes.Count); }
            if (TRows.Count > 8) { l8 = TLanes.Load(target + (8 * stride)); r8 = TLanes.Load(target + (8 * stride) + TLanes.Count); }
            if (TRows.Count > 9) { l9 = TLanes.Load(target + (9 * stride)); r9 = TLanes.Load(target + (9 * stride) + TLanes.Count); }
            if (TRows.Count > 10) { l10 = TLanes.Load(target + (10 * stride)); r10 = TLanes.Load(target + (10 * stride) + TLanes.Count); }
            if (TRows.Count > 11) { l11 = TLanes.Load(target + (11 * stride)); r11 = TLanes.Load(target + (11 * stride) + TLanes.Count); }
            if (TRows.Count > 12) { l12 = TLanes.Load(target + (12 * stride)); r12 = TLanes.Load(target + (12 * stride) + TLanes.Count); }
            if (TRows.Count > 13) { l13 = TLanes.Load(target + (13 * stride)); r13 = TLanes.Load(target + (13 * stride) + TLanes.Count); }
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
                TVector rightmost = TLanes.Load(right + TLanes.Count);
                right += rightStride;
                if (TRows.Count > 0) { TVector x = TLanes.Broadcast(a); l0 = TLanes.MultiplyAdd(x, left, l0); r0 = TLanes.MultiplyAdd(x, rightmost, r0); }
                if (TRows.Count > 1) { TVector x = TLanes.Broadcast(a + row1); l1 = TLanes.MultiplyAdd(x, left, l1); r1 = TLanes.MultiplyAdd(x, rightmost, r1); }
                if (TRows.Count > 2) { TVector x = TLanes.Broadcast(a + row2); l2 = TLanes.MultiplyAdd(x, left, l2); r2 = TLanes.MultiplyAdd(x, rightmost, r2); }
                if (TRows.Count > 3) { TVector x = TLanes.Broadcast(a + row3); l3 = TLanes.MultiplyAdd(x, left, l3); r3 = TLanes.MultiplyAdd(x, rightmost, r3); }
                if (TRows.Count > 4) { TVector x = TLanes.Broadcast(b); l4 = TLanes.MultiplyAdd(x, left, l4); r4 = TLanes.MultiplyAdd(x, rightmost, r4); }
                if (TRows.Count > 5) { TVector x = TLanes.Broadcast(b + row1); l5 = TLanes.MultiplyAdd(x, left, l5); r5 = TLanes.MultiplyAdd(x, rightmost, r5); }
                if (TRows.Count > 6) { TVector x = TLanes.Broadcast(b + row2); l6 = TLanes.MultiplyAdd(x, left, l6); r6 = TLanes.MultiplyAdd(x, rightmost, r6); }
                if (TRows.Count > 7) { TVector x = TLanes.Broadcast(b + row3); l7 = TLanes.MultiplyAdd(x, left, l7); r7 = TLanes.MultiplyAdd(x, rightmost, r7); }
                if (TRows.Count > 8) { TVector x = TLanes.Broadcast(c); l8 = TLanes.MultiplyAdd(x, left, l8); r8 = TLanes.MultiplyAdd(x, rightmost, r8); }
                if (TRows.Count > 9) { TVector x = TLanes.Broadcast(c + row1); l9 = TLanes.MultiplyAdd(x, left, l9); r9 = TLanes.MultiplyAdd(x, rightmost, r9); }
                if (TRows.Count > 10) { TVector x = TLanes.Broadcast(c + row2); l10 = TLanes.MultiplyAdd(x, left, l10); r10 = TLanes.MultiplyAdd(x, rightmost, r10); }
                if (TRows.Count > 11) { TVector x = TLanes.Broadcast(c + row3); l11 = TLanes.MultiplyAdd(x, left, l11); r11 = TLanes.MultiplyAdd(x, rightmost, r11); }
                if (TRows.Count > 12) { TVector x = TLanes.Broadcast(d); l12 = TLanes.MultiplyAdd(x, left, l12); r12 = TLanes.MultiplyAdd(x, rightmost, r12); }
                if (TRows.Count > 13) { TVector x = TLanes.Broadcast(d + row1); l13 = TLanes.MultiplyAdd(x, left, l13); r13 = TLanes.MultiplyAdd(x, rightmost, r13); }
                a += step;
                if (TRows.Count > 4) { b += step; }
                if (TRows.Count > 8) { c += step; }
                if (TRows.Count > 12) { d += step; }
            }
        }

        if (work->Bias is not null)
        {
            TVector left = TLanes.Load(work->Bias);
            TVector rightmost = TLanes.Load(work->Bias + TLanes.Count);
            if (TRows.Count > 0) { l0 = TLanes.Add(l0, left); r0 = TLanes.Add(r0, rightmost); }
            if (TRows.Count > 1) { l1 = TLanes.Add(l1, left); r1 = TLanes.Add(r1, rightmost); }
            if (TRows.Count > 2) { l2 = TLanes.Add(l2, left); r2 = TLanes.Add(r2, rightmost); }
            if (TRows.Count > 3) { l3 = TLanes.Add(l3, left); r3 = TLanes.Add(r3, rightmost); }
            if (TRows.Count > 4) { l4 = TLanes.Add(l4, left); r4 = TLanes.Add(r4, rightmost); }
            if (TRows.Count > 5) { l5 = TLanes.Add(l5, left); r5 = TLanes.Add(r5, rightmost); }
            if (TRows.Count > 6) { l6 = TLanes.Add(l6, left); r6 = TLanes.Add(r6, rightmost); }
            if (TRows.Count > 7) { l7 = TLanes.Add(l7, left); r7 = TLanes.Add(r7, rightmost); }
            if (TRows.Count > 8) { l8 = TLanes.Add(l8, left); r8 = TLanes.Add(r8, rightmost); }
            if (TRows.Count > 9) { l9 = TLanes.Add(l9, left); r9 = TLanes.Add(r9, rightmost); }
            if (TRows.Count > 10) { l10 = TLanes.Add(l10, left); r10 = TLanes.Add(r10, rightmost); }
            if (TRows.Count > 11) { l11 = TLanes.Add(l11, left); r11 = TLanes.Add(r11, rightmost); }
            if (TRows.Count > 12) { l12 = TLanes.Add(l12, left); r12 = TLanes.Add(r12, rightmost); }
            if (TRows.Count > 13) { l13 = TLanes.Add(l13, left); r13 = TLanes.Add(r13, rightmost); }
        }

        if (work->Relu)
        {
            if (TRows.Count > 0) { l0 = TLanes.Max(l0, zero); r0 = TLanes.Max(r0, zero); }
            if (TRows.Count > 1) { l1 = TLanes.Max(l1, zero); r1 = TLanes.Max(r1, zero); }
            if (TRows.Count > 2) { l2 = TLanes.Max(l2, zero); r2 = TLanes.Max(r2, zero); }
            if (TRows.Count > 3) { l3 = TLanes.Max(l3, zero); r3 = TLanes.Max(r3, zero); }
            if (TRows.Count > 4) { l4 = TLanes.Max(l4, zero); r4 = TLanes.Max(r4, zero); }
            if (TRows.Count > 5) { l5 = TLanes.Max(l5, zero); r5 = TLanes.Max(r5, zero); }
            if (TRows.Count > 6) { l6 = TLanes.Max(l6, zero); r6 = TLanes.Max(r6, zero); }
            if (TRows.Count > 7) { l7 = TLanes.Max(l7, zero); r7 = TLanes.Max(r7, zero); }
            if (TRows.Count > 8) { l8 = TLanes.Max(l8, zero); r8 = TLanes.Max(r8, zero); }
            if (TRows.Count > 9) { l9 = TLanes.Max(l9, zero); r9 = TLanes.Max(r9, zero); }
            if (TRows.Count > 10) { l10 = TLanes.Max(l10, zero); r10 = TLanes.Max(r10, zero); }
            if (TRows.Count > 11) { l11 = TLanes.Max(l11, zero); r11 = TLanes.Max(r11, zero); }
            if (TRows.Count > 12) { l12 = TLanes.Max(l12, zero); r12 = TLanes.Max(r12, zero); }
            if (TRows.Count > 13) { l13 = TLanes.Max(l13, zero); r13 = TLanes.Max(r13, zero); }
        }

        if (TRows.Count > 0) { TLanes.Store(target + (0 * stride), l0); TLanes.Store(target + (0 * stride) + TLanes.Count, r0); }
        if (TRows.Count > 1) { TLanes.Store(target + (1 * stride), l1); TLanes.Store(target + (1 * stride) + TLanes.Count, r1); }
        if (TRows.Count > 2) { TLanes.Store(target + (2 * stride), l2); TLanes.Store(target + (2 * stride) + TLanes.Count, r2); }
        if (TRows.Count > 3) { TLanes.Store(target + (3 * stride), l3); TLanes.Store(target + (3 * stride) + TLanes.Count, r3); }
        if (TRows.Count > 4) { TLanes.Store(target + (4 * stride), l4); TLanes.Store(target + (4 * stride) + TLanes.Count, r4); }
        if (TRows.Count > 5) { TLanes.Store(target + (5 * stride), l5); TLanes.Store(target + (5 * stride) + TLanes.Count, r5); }
        if (TRows.Count > 6) { TLanes.Store(target + (6 * stride), l6); TLanes.Store(target + (6 * stride) + TLanes.Count, r6); }
        if (TRows.Count > 7) { TLanes.Store(target + (7 * stride), l7); TLanes.Store(target + (7 * stride) + TLanes.Count, r7); }
        if (TRows.Count > 8) { TLanes.Store(target + (8 * stride), l8); TLanes.Store(target + (8 * stride) + TLanes.Count, r8); }
        if (TRows.Count > 9) { TLanes.Store(target + (9 * stride), l9); TLanes.Store(target + (9 * stride) + TLanes.Count, r9); }
        if (TRows.Count > 10) { TLanes.Store(target + (10 * stride), l10); TLanes.Store(target + (10 * stride) + TLanes.Count, r10); }
        if (TRows.Count > 11) { TLanes.Store(target + (11 * stride), l11); TLanes.Store(target + (11 * stride) + TLanes.Count, r11); }
        if (TRows.Count > 12) { TLanes.Store(target + (12 * stride), l12); TLanes.Store(target + (12 * stride) + TLanes.Count, r12); }
        if (TRows.Count > 13) { TLanes.Store(target + (13 * stride), l13); TLanes.Store(target + (13 * stride) + TLanes.Count, r13); }
    }
}
