// Up to eight rows by two vectors of sums of 16-bit numbers: a step multiplies two neighbouring inputs of a row, which stand in all lanes, with those
// of each column, and adds both products to the column's sum. The accumulators stay in registers; each of two loads serves all rows.
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Quantized.Winograd;

/// <summary>What a register tile of 16-bit numbers reads and writes.</summary>
internal unsafe struct PairWork
{
    /// <summary>The first row.</summary>
    public short* Left;

    /// <summary>The bytes from one row to the next.</summary>
    public nint RowStride;

    /// <summary>The steps, two inputs each.</summary>
    public int Steps;

    /// <summary>A panel of filters.</summary>
    public short* Right;

    /// <summary>The sums.</summary>
    public int* Target;

    /// <summary>The sums from one row to the next.</summary>
    public nint TargetStride;
}

/// <summary>A register tile of sums of 16-bit numbers.</summary>
internal static unsafe class PairTile<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IQuadLanes<TVector>
{
    private const int PairBytes = 4;

    private static int VectorBytes => PairBytes * TLanes.Count;

    /// <summary>Computes some rows of two vectors.</summary>
    public static void Run(int rows, PairWork* work)
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
    private static void Run<TRows>(PairWork* work)
        where TRows : struct, ITileCount
    {
        TVector zero = default;
        TVector s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
        TVector s40 = zero, s41 = zero, s50 = zero, s51 = zero, s60 = zero, s61 = zero, s70 = zero, s71 = zero;
        nint row = work->RowStride;
        nint threeRows = 3 * row;
        byte* left = (byte*)work->Left;
        byte* lower = left + (4 * row);
        sbyte* right = (sbyte*)work->Right;
        for (int remaining = work->Steps; remaining > 0; remaining--, left += PairBytes, lower += PairBytes, right += 2 * VectorBytes)
        {
            TVector first = TLanes.Load(right), second = TLanes.Load(right + VectorBytes);
            if (TRows.Count > 0) { TVector x = TLanes.Broadcast(left); s00 = TLanes.Add(s00, TLanes.Products(x, first)); s01 = TLanes.Add(s01, TLanes.Products(x, second)); }
            if (TRows.Count > 1) { TVector x = TLanes.Broadcast(left + row); s10 = TLanes.Add(s10, TLanes.Products(x, first)); s11 = TLanes.Add(s11, TLanes.Products(x, second)); }
            if (TRows.Count > 2) { TVector x = TLanes.Broadcast(left + (2 * row)); s20 = TLanes.Add(s20, TLanes.Products(x, first)); s21 = TLanes.Add(s21, TLanes.Products(x, second)); }
            if (TRows.Count > 3) { TVector x = TLanes.Broadcast(left + threeRows); s30 = TLanes.Add(s30, TLanes.Products(x, first)); s31 = TLanes.Add(s31, TLanes.Products(x, second)); }
            if (TRows.Count > 4) { TVector x = TLanes.Broadcast(lower); s40 = TLanes.Add(s40, TLanes.Products(x, first)); s41 = TLanes.Add(s41, TLanes.Products(x, second)); }
            if (TRows.Count > 5) { TVector x = TLanes.Broadcast(lower + row); s50 = TLanes.Add(s50, TLanes.Products(x, first)); s51 = TLanes.Add(s51, TLanes.Products(x, second)); }
            if (TRows.Count > 6) { TVector x = TLanes.Broadcast(lower + (2 * row)); s60 = TLanes.Add(s60, TLanes.Products(x, first)); s61 = TLanes.Add(s61, TLanes.Products(x, second)); }
            if (TRows.Count > 7) { TVector x = TLanes.Broadcast(lower + threeRows); s70 = TLanes.Add(s70, TLanes.Products(x, first)); s71 = TLanes.Add(s71, TLanes.Products(x, second)); }
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
    private static void Store(int* target, TVector first, TVector second)
    {
        TLanes.Store(target, first);
        TLanes.Store(target + TLanes.Count, second);
    }
}
