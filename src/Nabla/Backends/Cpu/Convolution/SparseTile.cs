// The inner loop of sparse sums: rows of vectors that begin anywhere, each times a coefficient, added up in registers. Up to three rows
// of eight vectors of sums stay in registers over all terms; a term costs one broadcast, and for each vector one fused multiply-add
// from memory.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Adds up terms.</summary>
/// <param name="segments">The rows of a sum.</param>
/// <param name="length">The elements of a row, a multiple of the vector's.</param>
/// <param name="targetStride">From one row of the sum to the next.</param>
/// <param name="sourceStride">From one row of a term to the next.</param>
internal readonly unsafe struct SparseTile<T, TVector, TLanes>(int segments, int length, nint targetStride, nint sourceStride)
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostRows = 3;
    private const int MostVectors = 8;

    // Of AVX2's 16 registers a tile takes 12, of AVX-512's 32 it takes 24.
    private static readonly int MostSums = Math.Min(MostRows * MostVectors, 2 * TLanes.TileRows);

    private readonly int vectors = length / TLanes.Count;
    private readonly int parts = Parts(length / TLanes.Count);
    private readonly int rows = Math.Clamp(MostSums / Width(length / TLanes.Count), 1, Math.Min(MostRows, segments));

    /// <summary>target[row, i] += coefficient * source[offset + row, i] for each term, in their order.</summary>
    public void Run(T* target, T* source, Term<T>* terms, int count)
    {
        if (count == 0)
        {
            return;
        }

        for (int row = 0; row < segments; row += rows)
        {
            RunRows(Math.Min(rows, segments - row), target + (row * targetStride), source + (row * sourceStride), terms, terms + count);
        }
    }

    private static int Parts(int vectors) => (vectors + MostVectors - 1) / MostVectors;

    private static int Width(int vectors) => (vectors + Parts(vectors) - 1) / Parts(vectors);

    private void RunRows(int count, T* target, T* source, Term<T>* terms, Term<T>* end)
    {
        for (int part = 0; part < parts; part++)
        {
            int first = parts == 1 ? 0 : ProductGrid.Cut(vectors, parts, part);
            int width = parts == 1 ? vectors : ProductGrid.Cut(vectors, parts, part + 1) - first;
            nint begin = first * TLanes.Count;
            switch (count)
            {
                case 1: Run<One>(width, target + begin, source + begin, terms, end); break;
                case 2: Run<Two>(width, target + begin, source + begin, terms, end); break;
                default: Run<Three>(width, target + begin, source + begin, terms, end); break;
            }
        }
    }

    private void Run<TRows>(int width, T* target, T* source, Term<T>* terms, Term<T>* end)
        where TRows : struct, ICount
    {
        switch (width)
        {
            case 1: Sum<TRows, One>(target, targetStride, source, sourceStride, terms, end); break;
            case 2: Sum<TRows, Two>(target, targetStride, source, sourceStride, terms, end); break;
            case 3: Sum<TRows, Three>(target, targetStride, source, sourceStride, terms, end); break;
            case 4: Sum<TRows, Four>(target, targetStride, source, sourceStride, terms, end); break;
            case 5: Sum<TRows, Five>(target, targetStride, source, sourceStride, terms, end); break;
            case 6: Sum<TRows, Six>(target, targetStride, source, sourceStride, terms, end); break;
            case 7: Sum<TRows, Seven>(target, targetStride, source, sourceStride, terms, end); break;
            default: Sum<TRows, Eight>(target, targetStride, source, sourceStride, terms, end); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TRows, TVectors>(T* target, nint targetStride, T* source, nint sourceStride, Term<T>* terms, Term<T>* end)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        int lanes = TLanes.Count;
        T* second = target + targetStride, third = second + targetStride;
        TVector a0 = TLanes.Load(target), a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero, a4 = TLanes.Zero, a5 = TLanes.Zero, a6 = TLanes.Zero, a7 = TLanes.Zero;
        TVector b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero, b4 = TLanes.Zero, b5 = TLanes.Zero, b6 = TLanes.Zero, b7 = TLanes.Zero;
        TVector c0 = TLanes.Zero, c1 = TLanes.Zero, c2 = TLanes.Zero, c3 = TLanes.Zero, c4 = TLanes.Zero, c5 = TLanes.Zero, c6 = TLanes.Zero, c7 = TLanes.Zero;
        if (TVectors.Count > 1) { a1 = TLanes.Load(target + lanes); }
        if (TVectors.Count > 2) { a2 = TLanes.Load(target + (2 * lanes)); }
        if (TVectors.Count > 3) { a3 = TLanes.Load(target + (3 * lanes)); }
        if (TVectors.Count > 4) { a4 = TLanes.Load(target + (4 * lanes)); }
        if (TVectors.Count > 5) { a5 = TLanes.Load(target + (5 * lanes)); }
        if (TVectors.Count > 6) { a6 = TLanes.Load(target + (6 * lanes)); }
        if (TVectors.Count > 7) { a7 = TLanes.Load(target + (7 * lanes)); }
        if (TRows.Count > 1) { b0 = TLanes.Load(second); }
        if (TRows.Count > 1 && TVectors.Count > 1) { b1 = TLanes.Load(second + lanes); }
        if (TRows.Count > 1 && TVectors.Count > 2) { b2 = TLanes.Load(second + (2 * lanes)); }
        if (TRows.Count > 1 && TVectors.Count > 3) { b3 = TLanes.Load(second + (3 * lanes)); }
        if (TRows.Count > 1 && TVectors.Count > 4) { b4 = TLanes.Load(second + (4 * lanes)); }
        if (TRows.Count > 1 && TVectors.Count > 5) { b5 = TLanes.Load(second + (5 * lanes)); }
        if (TRows.Count > 1 && TVectors.Count > 6) { b6 = TLanes.Load(second + (6 * lanes)); }
        if (TRows.Count > 1 && TVectors.Count > 7) { b7 = TLanes.Load(second + (7 * lanes)); }
        if (TRows.Count > 2) { c0 = TLanes.Load(third); }
        if (TRows.Count > 2 && TVectors.Count > 1) { c1 = TLanes.Load(third + lanes); }
        if (TRows.Count > 2 && TVectors.Count > 2) { c2 = TLanes.Load(third + (2 * lanes)); }
        if (TRows.Count > 2 && TVectors.Count > 3) { c3 = TLanes.Load(third + (3 * lanes)); }
        if (TRows.Count > 2 && TVectors.Count > 4) { c4 = TLanes.Load(third + (4 * lanes)); }
        if (TRows.Count > 2 && TVectors.Count > 5) { c5 = TLanes.Load(third + (5 * lanes)); }
        if (TRows.Count > 2 && TVectors.Count > 6) { c6 = TLanes.Load(third + (6 * lanes)); }
        if (TRows.Count > 2 && TVectors.Count > 7) { c7 = TLanes.Load(third + (7 * lanes)); }
        for (; terms < end; terms++)
        {
            T* from = source + terms->Offset, from1 = from + sourceStride, from2 = from1 + sourceStride;
            TVector x = TLanes.Broadcast(&terms->Coefficient);
            a0 = TLanes.MultiplyAdd(x, TLanes.Load(from), a0);
            if (TVectors.Count > 1) { a1 = TLanes.MultiplyAdd(x, TLanes.Load(from + lanes), a1); }
            if (TVectors.Count > 2) { a2 = TLanes.MultiplyAdd(x, TLanes.Load(from + (2 * lanes)), a2); }
            if (TVectors.Count > 3) { a3 = TLanes.MultiplyAdd(x, TLanes.Load(from + (3 * lanes)), a3); }
            if (TVectors.Count > 4) { a4 = TLanes.MultiplyAdd(x, TLanes.Load(from + (4 * lanes)), a4); }
            if (TVectors.Count > 5) { a5 = TLanes.MultiplyAdd(x, TLanes.Load(from + (5 * lanes)), a5); }
            if (TVectors.Count > 6) { a6 = TLanes.MultiplyAdd(x, TLanes.Load(from + (6 * lanes)), a6); }
            if (TVectors.Count > 7) { a7 = TLanes.MultiplyAdd(x, TLanes.Load(from + (7 * lanes)), a7); }
            if (TRows.Count > 1) { b0 = TLanes.MultiplyAdd(x, TLanes.Load(from1), b0); }
            if (TRows.Count > 1 && TVectors.Count > 1) { b1 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + lanes), b1); }
            if (TRows.Count > 1 && TVectors.Count > 2) { b2 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (2 * lanes)), b2); }
            if (TRows.Count > 1 && TVectors.Count > 3) { b3 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (3 * lanes)), b3); }
            if (TRows.Count > 1 && TVectors.Count > 4) { b4 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (4 * lanes)), b4); }
            if (TRows.Count > 1 && TVectors.Count > 5) { b5 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (5 * lanes)), b5); }
            if (TRows.Count > 1 && TVectors.Count > 6) { b6 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (6 * lanes)), b6); }
            if (TRows.Count > 1 && TVectors.Count > 7) { b7 = TLanes.MultiplyAdd(x, TLanes.Load(from1 + (7 * lanes)), b7); }
            if (TRows.Count > 2) { c0 = TLanes.MultiplyAdd(x, TLanes.Load(from2), c0); }
            if (TRows.Count > 2 && TVectors.Count > 1) { c1 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + lanes), c1); }
            if (TRows.Count > 2 && TVectors.Count > 2) { c2 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (2 * lanes)), c2); }
            if (TRows.Count > 2 && TVectors.Count > 3) { c3 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (3 * lanes)), c3); }
            if (TRows.Count > 2 && TVectors.Count > 4) { c4 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (4 * lanes)), c4); }
            if (TRows.Count > 2 && TVectors.Count > 5) { c5 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (5 * lanes)), c5); }
            if (TRows.Count > 2 && TVectors.Count > 6) { c6 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (6 * lanes)), c6); }
            if (TRows.Count > 2 && TVectors.Count > 7) { c7 = TLanes.MultiplyAdd(x, TLanes.Load(from2 + (7 * lanes)), c7); }
        }

        TLanes.Store(target, a0);
        if (TVectors.Count > 1) { TLanes.Store(target + lanes, a1); }
        if (TVectors.Count > 2) { TLanes.Store(target + (2 * lanes), a2); }
        if (TVectors.Count > 3) { TLanes.Store(target + (3 * lanes), a3); }
        if (TVectors.Count > 4) { TLanes.Store(target + (4 * lanes), a4); }
        if (TVectors.Count > 5) { TLanes.Store(target + (5 * lanes), a5); }
        if (TVectors.Count > 6) { TLanes.Store(target + (6 * lanes), a6); }
        if (TVectors.Count > 7) { TLanes.Store(target + (7 * lanes), a7); }
        if (TRows.Count > 1) { TLanes.Store(second, b0); }
        if (TRows.Count > 1 && TVectors.Count > 1) { TLanes.Store(second + lanes, b1); }
        if (TRows.Count > 1 && TVectors.Count > 2) { TLanes.Store(second + (2 * lanes), b2); }
        if (TRows.Count > 1 && TVectors.Count > 3) { TLanes.Store(second + (3 * lanes), b3); }
        if (TRows.Count > 1 && TVectors.Count > 4) { TLanes.Store(second + (4 * lanes), b4); }
        if (TRows.Count > 1 && TVectors.Count > 5) { TLanes.Store(second + (5 * lanes), b5); }
        if (TRows.Count > 1 && TVectors.Count > 6) { TLanes.Store(second + (6 * lanes), b6); }
        if (TRows.Count > 1 && TVectors.Count > 7) { TLanes.Store(second + (7 * lanes), b7); }
        if (TRows.Count > 2) { TLanes.Store(third, c0); }
        if (TRows.Count > 2 && TVectors.Count > 1) { TLanes.Store(third + lanes, c1); }
        if (TRows.Count > 2 && TVectors.Count > 2) { TLanes.Store(third + (2 * lanes), c2); }
        if (TRows.Count > 2 && TVectors.Count > 3) { TLanes.Store(third + (3 * lanes), c3); }
        if (TRows.Count > 2 && TVectors.Count > 4) { TLanes.Store(third + (4 * lanes), c4); }
        if (TRows.Count > 2 && TVectors.Count > 5) { TLanes.Store(third + (5 * lanes), c5); }
        if (TRows.Count > 2 && TVectors.Count > 6) { TLanes.Store(third + (6 * lanes), c6); }
        if (TRows.Count > 2 && TVectors.Count > 7) { TLanes.Store(third + (7 * lanes), c7); }
    }
}
