// The inner loop of sparse sums: vectors that begin anywhere, each times a coefficient, added up in registers. Up to 12 vectors of
// sums stay in registers over all terms; a term costs one broadcast and a fused multiply-add from memory for each.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>A vector and what it is multiplied with.</summary>
internal struct Term<T>(int offset, T coefficient)
    where T : unmanaged
{
    /// <summary>Where the vector begins.</summary>
    public int Offset = offset;

    /// <summary>The factor.</summary>
    public T Coefficient = coefficient;
}

/// <summary>Adds up terms.</summary>
internal static unsafe class SparseTile<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostVectors = 12;

    private interface IVectors
    {
        static abstract int Count { get; }
    }

    /// <summary>target[i] += coefficient * source[offset + i] for each term, in their order; the length is a multiple of the vector's.</summary>
    public static void Run(T* target, int length, T* source, Term<T>* terms, int count)
    {
        int vectors = length / TLanes.Count;
        int parts = (vectors + MostVectors - 1) / MostVectors;
        for (int part = 0; part < parts && count > 0; part++)
        {
            int first = ProductGrid.Cut(vectors, parts, part);
            int width = ProductGrid.Cut(vectors, parts, part + 1) - first;
            Run(width, target + (first * TLanes.Count), source + (first * TLanes.Count), terms, terms + count);
        }
    }

    private static void Run(int vectors, T* target, T* source, Term<T>* terms, Term<T>* end)
    {
        switch (vectors)
        {
            case 1: Sum<Vectors1>(target, source, terms, end); break;
            case 2: Sum<Vectors2>(target, source, terms, end); break;
            case 3: Sum<Vectors3>(target, source, terms, end); break;
            case 4: Sum<Vectors4>(target, source, terms, end); break;
            case 5: Sum<Vectors5>(target, source, terms, end); break;
            case 6: Sum<Vectors6>(target, source, terms, end); break;
            case 7: Sum<Vectors7>(target, source, terms, end); break;
            case 8: Sum<Vectors8>(target, source, terms, end); break;
            case 9: Sum<Vectors9>(target, source, terms, end); break;
            case 10: Sum<Vectors10>(target, source, terms, end); break;
            case 11: Sum<Vectors11>(target, source, terms, end); break;
            default: Sum<Vectors12>(target, source, terms, end); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TVectors>(T* target, T* source, Term<T>* terms, Term<T>* end)
        where TVectors : struct, IVectors
    {
        int lanes = TLanes.Count;
        TVector s0 = TLanes.Load(target), s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero, s4 = TLanes.Zero, s5 = TLanes.Zero;
        TVector s6 = TLanes.Zero, s7 = TLanes.Zero, s8 = TLanes.Zero, s9 = TLanes.Zero, s10 = TLanes.Zero, s11 = TLanes.Zero;
        if (TVectors.Count > 1) { s1 = TLanes.Load(target + lanes); }
        if (TVectors.Count > 2) { s2 = TLanes.Load(target + (2 * lanes)); }
        if (TVectors.Count > 3) { s3 = TLanes.Load(target + (3 * lanes)); }
        if (TVectors.Count > 4) { s4 = TLanes.Load(target + (4 * lanes)); }
        if (TVectors.Count > 5) { s5 = TLanes.Load(target + (5 * lanes)); }
        if (TVectors.Count > 6) { s6 = TLanes.Load(target + (6 * lanes)); }
        if (TVectors.Count > 7) { s7 = TLanes.Load(target + (7 * lanes)); }
        if (TVectors.Count > 8) { s8 = TLanes.Load(target + (8 * lanes)); }
        if (TVectors.Count > 9) { s9 = TLanes.Load(target + (9 * lanes)); }
        if (TVectors.Count > 10) { s10 = TLanes.Load(target + (10 * lanes)); }
        if (TVectors.Count > 11) { s11 = TLanes.Load(target + (11 * lanes)); }
        for (; terms < end; terms++)
        {
            T* from = source + terms->Offset;
            TVector x = TLanes.Broadcast(&terms->Coefficient);
            s0 = TLanes.MultiplyAdd(x, TLanes.Load(from), s0);
            if (TVectors.Count > 1) { s1 = TLanes.MultiplyAdd(x, TLanes.Load(from + lanes), s1); }
            if (TVectors.Count > 2) { s2 = TLanes.MultiplyAdd(x, TLanes.Load(from + (2 * lanes)), s2); }
            if (TVectors.Count > 3) { s3 = TLanes.MultiplyAdd(x, TLanes.Load(from + (3 * lanes)), s3); }
            if (TVectors.Count > 4) { s4 = TLanes.MultiplyAdd(x, TLanes.Load(from + (4 * lanes)), s4); }
            if (TVectors.Count > 5) { s5 = TLanes.MultiplyAdd(x, TLanes.Load(from + (5 * lanes)), s5); }
            if (TVectors.Count > 6) { s6 = TLanes.MultiplyAdd(x, TLanes.Load(from + (6 * lanes)), s6); }
            if (TVectors.Count > 7) { s7 = TLanes.MultiplyAdd(x, TLanes.Load(from + (7 * lanes)), s7); }
            if (TVectors.Count > 8) { s8 = TLanes.MultiplyAdd(x, TLanes.Load(from + (8 * lanes)), s8); }
            if (TVectors.Count > 9) { s9 = TLanes.MultiplyAdd(x, TLanes.Load(from + (9 * lanes)), s9); }
            if (TVectors.Count > 10) { s10 = TLanes.MultiplyAdd(x, TLanes.Load(from + (10 * lanes)), s10); }
            if (TVectors.Count > 11) { s11 = TLanes.MultiplyAdd(x, TLanes.Load(from + (11 * lanes)), s11); }
        }

        TLanes.Store(target, s0);
        if (TVectors.Count > 1) { TLanes.Store(target + lanes, s1); }
        if (TVectors.Count > 2) { TLanes.Store(target + (2 * lanes), s2); }
        if (TVectors.Count > 3) { TLanes.Store(target + (3 * lanes), s3); }
        if (TVectors.Count > 4) { TLanes.Store(target + (4 * lanes), s4); }
        if (TVectors.Count > 5) { TLanes.Store(target + (5 * lanes), s5); }
        if (TVectors.Count > 6) { TLanes.Store(target + (6 * lanes), s6); }
        if (TVectors.Count > 7) { TLanes.Store(target + (7 * lanes), s7); }
        if (TVectors.Count > 8) { TLanes.Store(target + (8 * lanes), s8); }
        if (TVectors.Count > 9) { TLanes.Store(target + (9 * lanes), s9); }
        if (TVectors.Count > 10) { TLanes.Store(target + (10 * lanes), s10); }
        if (TVectors.Count > 11) { TLanes.Store(target + (11 * lanes), s11); }
    }

    private readonly struct Vectors1 : IVectors
    {
        public static int Count => 1;
    }

    private readonly struct Vectors2 : IVectors
    {
        public static int Count => 2;
    }

    private readonly struct Vectors3 : IVectors
    {
        public static int Count => 3;
    }

    private readonly struct Vectors4 : IVectors
    {
        public static int Count => 4;
    }

    private readonly struct Vectors5 : IVectors
    {
        public static int Count => 5;
    }

    private readonly struct Vectors6 : IVectors
    {
        public static int Count => 6;
    }

    private readonly struct Vectors7 : IVectors
    {
        public static int Count => 7;
    }

    private readonly struct Vectors8 : IVectors
    {
        public static int Count => 8;
    }

    private readonly struct Vectors9 : IVectors
    {
        public static int Count => 9;
    }

    private readonly struct Vectors10 : IVectors
    {
        public static int Count => 10;
    }

    private readonly struct Vectors11 : IVectors
    {
        public static int Count => 11;
    }

    private readonly struct Vectors12 : IVectors
    {
        public static int Count => 12;
    }
}
