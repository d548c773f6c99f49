// Up to eight rows by two vectors of sums of bytes times signed bytes. A step of the loop is a group of one, two or four quads whose 16-bit sums
// fit: four quads then take four maddubs and one madd a row and vector instead of four of both. Quads are read wherever the table of offsets says,
// so that windows of images need no copy. Integers have no rounding: any order of groups gives the same sums.
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>What a register tile reads and writes.</summary>
internal unsafe struct QuadWork
{
    /// <summary>Where the first row begins.</summary>
    public byte* Left;

    /// <summary>The bytes from one row to the next.</summary>
    public nint RowStride;

    /// <summary>Where each quad stands, counted from the beginning of a row.</summary>
    public nint* Offsets;

    /// <summary>The quads of a panel, in the order of its weights.</summary>
    public int* Quads;

    /// <summary>The weights of a panel, quad by quad, two vectors each.</summary>
    public sbyte* Weights;

    /// <summary>How many groups of four quads come first.</summary>
    public int Fours;

    /// <summary>How many groups of two come then.</summary>
    public int Twos;

    /// <summary>How many single ones come last.</summary>
    public int Ones;

    /// <summary>The sums.</summary>
    public int* Target;

    /// <summary>The sums from one row to the next.</summary>
    public nint TargetStride;
}

/// <summary>A register tile of sums of bytes.</summary>
internal static unsafe class QuadTile<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IQuadLanes<TVector>
{
    private static int VectorBytes => 4 * TLanes.Count;

    /// <summary>Computes some rows of two vectors.</summary>
    public static void Run(int rows, QuadWork* work)
    {
        switch (rows)
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
    private static void Run<TRows>(QuadWork* work)
        where TRows : struct, ITileCount
    {
        TVector zero = default;
        TVector s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
        TVector s40 = zero, s41 = zero, s50 = zero, s51 = zero, s60 = zero, s61 = zero, s70 = zero, s71 = zero;
        nint row = work->RowStride;
        nint threeRows = 3 * row;
        byte* left = work->Left;
        nint* offsets = work->Offsets;
        int* quads = work->Quads;
        sbyte* weights = work->Weights;
        for (int remaining = work->Fours; remaining > 0; remaining--, quads += 4, weights += 4 * 2 * VectorBytes)
        {
            byte* x0 = left + offsets[quads[0]];
            byte* x1 = left + offsets[quads[1]];
            byte* x2 = left + offsets[quads[2]];
            byte* x3 = left + offsets[quads[3]];
            if (TRows.Count > 0) { s00 = Sum(s00, x0, x1, x2, x3, weights); s01 = Sum(s01, x0, x1, x2, x3, weights + VectorBytes); }
            if (TRows.Count > 1) { s10 = Sum(s10, x0 + row, x1 + row, x2 + row, x3 + row, weights); s11 = Sum(s11, x0 + row, x1 + row, x2 + row, x3 + row, weights + VectorBytes); }
            if (TRows.Count > 2) { s20 = Sum(s20, x0 + (2 * row), x1 + (2 * row), x2 + (2 * row), x3 + (2 * row), weights); s21 = Sum(s21, x0 + (2 * row), x1 + (2 * row), x2 + (2 * row), x3 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 3) { s30 = Sum(s30, x0 + threeRows, x1 + threeRows, x2 + threeRows, x3 + threeRows, weights); s31 = Sum(s31, x0 + threeRows, x1 + threeRows, x2 + threeRows, x3 + threeRows, weights + VectorBytes); }
            if (TRows.Count > 4)
            {
                x0 += 4 * row;
                x1 += 4 * row;
                x2 += 4 * row;
                x3 += 4 * row;
            }

            if (TRows.Count > 4) { s40 = Sum(s40, x0, x1, x2, x3, weights); s41 = Sum(s41, x0, x1, x2, x3, weights + VectorBytes); }
            if (TRows.Count > 5) { s50 = Sum(s50, x0 + row, x1 + row, x2 + row, x3 + row, weights); s51 = Sum(s51, x0 + row, x1 + row, x2 + row, x3 + row, weights + VectorBytes); }
            if (TRows.Count > 6) { s60 = Sum(s60, x0 + (2 * row), x1 + (2 * row), x2 + (2 * row), x3 + (2 * row), weights); s61 = Sum(s61, x0 + (2 * row), x1 + (2 * row), x2 + (2 * row), x3 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 7) { s70 = Sum(s70, x0 + threeRows, x1 + threeRows, x2 + threeRows, x3 + threeRows, weights); s71 = Sum(s71, x0 + threeRows, x1 + threeRows, x2 + threeRows, x3 + threeRows, weights + VectorBytes); }
        }

        for (int remaining = work->Twos; remaining > 0; remaining--, quads += 2, weights += 2 * 2 * VectorBytes)
        {
            byte* x0 = left + offsets[quads[0]];
            byte* x1 = left + offsets[quads[1]];
            if (TRows.Count > 0) { s00 = Sum(s00, x0, x1, weights); s01 = Sum(s01, x0, x1, weights + VectorBytes); }
            if (TRows.Count > 1) { s10 = Sum(s10, x0 + row, x1 + row, weights); s11 = Sum(s11, x0 + row, x1 + row, weights + VectorBytes); }
            if (TRows.Count > 2) { s20 = Sum(s20, x0 + (2 * row), x1 + (2 * row), weights); s21 = Sum(s21, x0 + (2 * row), x1 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 3) { s30 = Sum(s30, x0 + threeRows, x1 + threeRows, weights); s31 = Sum(s31, x0 + threeRows, x1 + threeRows, weights + VectorBytes); }
            if (TRows.Count > 4)
            {
                x0 += 4 * row;
                x1 += 4 * row;
            }

            if (TRows.Count > 4) { s40 = Sum(s40, x0, x1, weights); s41 = Sum(s41, x0, x1, weights + VectorBytes); }
            if (TRows.Count > 5) { s50 = Sum(s50, x0 + row, x1 + row, weights); s51 = Sum(s51, x0 + row, x1 + row, weights + VectorBytes); }
            if (TRows.Count > 6) { s60 = Sum(s60, x0 + (2 * row), x1 + (2 * row), weights); s61 = Sum(s61, x0 + (2 * row), x1 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 7) { s70 = Sum(s70, x0 + threeRows, x1 + threeRows, weights); s71 = Sum(s71, x0 + threeRows, x1 + threeRows, weights + VectorBytes); }
        }

        for (int remaining = work->Ones; remaining > 0; remaining--, quads++, weights += 2 * VectorBytes)
        {
            byte* x0 = left + offsets[quads[0]];
            if (TRows.Count > 0) { s00 = Sum(s00, x0, weights); s01 = Sum(s01, x0, weights + VectorBytes); }
            if (TRows.Count > 1) { s10 = Sum(s10, x0 + row, weights); s11 = Sum(s11, x0 + row, weights + VectorBytes); }
            if (TRows.Count > 2) { s20 = Sum(s20, x0 + (2 * row), weights); s21 = Sum(s21, x0 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 3) { s30 = Sum(s30, x0 + threeRows, weights); s31 = Sum(s31, x0 + threeRows, weights + VectorBytes); }
            if (TRows.Count > 4)
            {
                x0 += 4 * row;
            }

            if (TRows.Count > 4) { s40 = Sum(s40, x0, weights); s41 = Sum(s41, x0, weights + VectorBytes); }
            if (TRows.Count > 5) { s50 = Sum(s50, x0 + row, weights); s51 = Sum(s51, x0 + row, weights + VectorBytes); }
            if (TRows.Count > 6) { s60 = Sum(s60, x0 + (2 * row), weights); s61 = Sum(s61, x0 + (2 * row), weights + VectorBytes); }
            if (TRows.Count > 7) { s70 = Sum(s70, x0 + threeRows, weights); s71 = Sum(s71, x0 + threeRows, weights + VectorBytes); }
        }

        int* target = work->Target;
        nint stride = work->TargetStride;
        if (TRows.Count > 0) { Store(target + (0 * stride), s00, s01); }
        if (TRows.Count > 1) { Store(target + (1 * stride), s10, s11); }
        if (TRows.Count > 2) { Store(target + (2 * stride), s20, s21); }
        if (TRows.Count > 3) { Store(target + (3 * stride), s30, s31); }
        if (TRows.Count > 4) { Store(target + (4 * stride), s40, s41); }
        if (TRows.Count > 5) { Store(target + (5 * stride), s50, s51); }
        if (TRows.Count > 6) { Store(target + (6 * stride), s60, s61); }
        if (TRows.Count > 7) { Store(target + (7 * stride), s70, s71); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector sum, byte* x0, byte* x1, byte* x2, byte* x3, sbyte* weights)
    {
        TVector first = TLanes.AddPairs(TLanes.Pairs(TLanes.Broadcast(x0), TLanes.Load(weights)), TLanes.Pairs(TLanes.Broadcast(x1), TLanes.Load(weights + (2 * VectorBytes))));
        TVector second = TLanes.AddPairs(
            TLanes.Pairs(TLanes.Broadcast(x2), TLanes.Load(weights + (4 * VectorBytes))), TLanes.Pairs(TLanes.Broadcast(x3), TLanes.Load(weights + (6 * VectorBytes))));
        return TLanes.Add(sum, TLanes.Widen(TLanes.AddPairs(first, second)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector sum, byte* x0, byte* x1, sbyte* weights) =>
        TLanes.Add(sum, TLanes.Widen(TLanes.AddPairs(TLanes.Pairs(TLanes.Broadcast(x0), TLanes.Load(weights)), TLanes.Pairs(TLanes.Broadcast(x1), TLanes.Load(weights + (2 * VectorBytes))))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector sum, byte* x0, sbyte* weights) =>
        TLanes.Add(sum, TLanes.Widen(TLanes.Pairs(TLanes.Broadcast(x0), TLanes.Load(weights))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* target, TVector first, TVector second)
    {
        TLanes.Store(target, first);
        TLanes.Store(target + TLanes.Count, second);
    }
}
