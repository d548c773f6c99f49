// The inner loop of sparse sums that many windows have in common pieces of: at each tap of each window of a row, rows of vectors, each times
// a coefficient, are added to what is there. The sum of one tap, up to eight vectors, stays in registers over its terms; a term costs one
// broadcast, and for each vector one fused multiply-add from memory.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Adds terms to the windows of a row.</summary>
/// <param name="windows">The windows of the row.</param>
/// <param name="windowStride">From one window to the next.</param>
/// <param name="taps">The taps of a window.</param>
/// <param name="tapOffsets">Where the sum of each tap begins, counted from its window.</param>
/// <param name="length">The elements of a sum, a multiple of the vector's.</param>
internal readonly unsafe struct SparseRow<T, TVector, TLanes>(int windows, nint windowStride, int taps, nint* tapOffsets, int length)
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostVectors = 8;

    private readonly int vectors = length / TLanes.Count;

    /// <summary>target[window, tap, i] += coefficient * source[offset + i] for each term of the tap, in their order.</summary>
    /// <param name="target">The first window.</param>
    /// <param name="source">What the offsets of terms count from.</param>
    /// <param name="terms">The terms of all taps of all windows.</param>
    /// <param name="counts">How many terms each tap of each window has.</param>
    /// <returns>The terms behind those of this row.</returns>
    public Term<T>* Run(T* target, T* source, Term<T>* terms, int* counts)
    {
        if (vectors <= MostVectors)
        {
            return Add(vectors, windows, taps, tapOffsets, target, source, terms, counts);
        }

        for (int window = 0; window < windows; window++, target += windowStride)
        {
            for (int tap = 0; tap < taps; tap++, counts++)
            {
                terms = AddInParts(target + tapOffsets[tap], source, terms, counts);
            }
        }

        return terms;
    }

    // Windows overlap: all parts of a tap come before the next one, as with wider vectors, which have fewer parts.
    private Term<T>* AddInParts(T* target, T* source, Term<T>* terms, int* count)
    {
        nint here = 0;
        int parts = (vectors + MostVectors - 1) / MostVectors;
        for (int part = 0; part < parts; part++)
        {
            int first = ProductGrid.Cut(vectors, parts, part);
            nint begin = first * TLanes.Count;
            Add(ProductGrid.Cut(vectors, parts, part + 1) - first, 1, 1, &here, target + begin, source + begin, terms, count);
        }

        return terms + *count;
    }

    private Term<T>* Add(int width, int windows, int taps, nint* tapOffsets, T* target, T* source, Term<T>* terms, int* counts) => width switch
    {
        1 => Add<One>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        2 => Add<Two>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        3 => Add<Three>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        4 => Add<Four>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        5 => Add<Five>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        6 => Add<Six>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        7 => Add<Seven>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
        _ => Add<Eight>(windows, windowStride, taps, tapOffsets, target, source, terms, counts),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Term<T>* Add<TVectors>(
        int windows, nint windowStride, int taps, nint* tapOffsets, T* target, T* source, Term<T>* terms, int* counts)
        where TVectors : struct, ICount
    {
        int lanes = TLanes.Count;
        for (int window = 0; window < windows; window++, target += windowStride)
        {
            for (int tap = 0; tap < taps; tap++, counts++)
            {
                Term<T>* end = terms + *counts;
                if (terms == end)
                {
                    continue;
                }

                T* sum = target + tapOffsets[tap];
                TVector a0 = TLanes.Load(sum), a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero;
                TVector a4 = TLanes.Zero, a5 = TLanes.Zero, a6 = TLanes.Zero, a7 = TLanes.Zero;
                if (TVectors.Count > 1) { a1 = TLanes.Load(sum + lanes); }
                if (TVectors.Count > 2) { a2 = TLanes.Load(sum + (2 * lanes)); }
                if (TVectors.Count > 3) { a3 = TLanes.Load(sum + (3 * lanes)); }
                if (TVectors.Count > 4) { a4 = TLanes.Load(sum + (4 * lanes)); }
                if (TVectors.Count > 5) { a5 = TLanes.Load(sum + (5 * lanes)); }
                if (TVectors.Count > 6) { a6 = TLanes.Load(sum + (6 * lanes)); }
                if (TVectors.Count > 7) { a7 = TLanes.Load(sum + (7 * lanes)); }
                do
                {
                    T* from = source + terms->Offset;
                    TVector x = TLanes.Broadcast(&terms->Coefficient);
                    a0 = TLanes.MultiplyAdd(x, TLanes.Load(from), a0);
                    if (TVectors.Count > 1) { a1 = TLanes.MultiplyAdd(x, TLanes.Load(from + lanes), a1); }
                    if (TVectors.Count > 2) { a2 = TLanes.MultiplyAdd(x, TLanes.Load(from + (2 * lanes)), a2); }
                    if (TVectors.Count > 3) { a3 = TLanes.MultiplyAdd(x, TLanes.Load(from + (3 * lanes)), a3); }
                    if (TVectors.Count > 4) { a4 = TLanes.MultiplyAdd(x, TLanes.Load(from + (4 * lanes)), a4); }
                    if (TVectors.Count > 5) { a5 = TLanes.MultiplyAdd(x, TLanes.Load(from + (5 * lanes)), a5); }
                    if (TVectors.Count > 6) { a6 = TLanes.MultiplyAdd(x, TLanes.Load(from + (6 * lanes)), a6); }
                    if (TVectors.Count > 7) { a7 = TLanes.MultiplyAdd(x, TLanes.Load(from + (7 * lanes)), a7); }
                    terms++;
                }
                while (terms < end);

                TLanes.Store(sum, a0);
                if (TVectors.Count > 1) { TLanes.Store(sum + lanes, a1); }
                if (TVectors.Count > 2) { TLanes.Store(sum + (2 * lanes), a2); }
                if (TVectors.Count > 3) { TLanes.Store(sum + (3 * lanes), a3); }
                if (TVectors.Count > 4) { TLanes.Store(sum + (4 * lanes), a4); }
                if (TVectors.Count > 5) { TLanes.Store(sum + (5 * lanes), a5); }
                if (TVectors.Count > 6) { TLanes.Store(sum + (6 * lanes), a6); }
                if (TVectors.Count > 7) { TLanes.Store(sum + (7 * lanes), a7); }
            }
        }

        return terms;
    }
}
