// What a product of bytes asks of vectors. A quad is four neighbouring steps of the inner axis: each 32-bit lane belongs to a column and holds
// its four weights, and the same four bytes of the left operand stand in all lanes. maddubs makes of that two 16-bit sums of two products a lane,
// which must not pass what 16 bits hold: packing sees to it. Sums of several quads are added there as long as they fit, and only then widened.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>The vector operations of products of bytes, for one width.</summary>
/// <typeparam name="TVector">A vector of int32, read as bytes and 16-bit numbers too.</typeparam>
internal unsafe interface IQuadLanes<TVector>
    where TVector : struct
{
    /// <summary>The columns of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The most rows of a register tile.</summary>
    static abstract int TileRows { get; }

    /// <summary>Four bytes in all lanes.</summary>
    static abstract TVector Broadcast(byte* quad);

    /// <summary>The weights of a vector of columns.</summary>
    static abstract TVector Load(sbyte* weights);

    /// <summary>Writes sums.</summary>
    static abstract void Store(int* target, TVector sums);

    /// <summary>For each two neighbouring bytes the sum of their products with signed weights, 16 bits.</summary>
    static abstract TVector Pairs(TVector bytes, TVector weights);

    /// <summary>Adds 16-bit numbers.</summary>
    static abstract TVector AddPairs(TVector x, TVector y);

    /// <summary>For each lane the sum of its two signed 16-bit numbers.</summary>
    static abstract TVector Widen(TVector pairs);

    /// <summary>For each lane the sum of the products of its two signed 16-bit numbers.</summary>
    static abstract TVector Products(TVector x, TVector y);

    /// <summary>Adds 32-bit numbers.</summary>
    static abstract TVector Add(TVector x, TVector y);
}

/// <summary>AVX-512BW: sixteen columns.</summary>
internal readonly unsafe struct Quads512 : IQuadLanes<Vector512<int>>
{
    public static int Count => 16;

    public static int TileRows => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(byte* quad) => Vector512.Create(*(int*)quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(sbyte* weights) => Vector512.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* target, Vector512<int> sums) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Pairs(Vector512<int> bytes, Vector512<int> weights) => Avx512BW.MultiplyAddAdjacent(bytes.AsByte(), weights.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddPairs(Vector512<int> x, Vector512<int> y) => (x.AsInt16() + y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Widen(Vector512<int> pairs) => Avx512BW.MultiplyAddAdjacent(pairs.AsInt16(), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Products(Vector512<int> x, Vector512<int> y) => Avx512BW.MultiplyAddAdjacent(x.AsInt16(), y.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> x, Vector512<int> y) => x + y;
}

/// <summary>AVX2: eight columns.</summary>
internal readonly unsafe struct Quads256 : IQuadLanes<Vector256<int>>
{
    public static int Count => 8;

    public static int TileRows => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(byte* quad) => Vector256.Create(*(int*)quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(sbyte* weights) => Vector256.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* target, Vector256<int> sums) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(Vector256<int> bytes, Vector256<int> weights) => Avx2.MultiplyAddAdjacent(bytes.AsByte(), weights.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddPairs(Vector256<int> x, Vector256<int> y) => (x.AsInt16() + y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(Vector256<int> pairs) => Avx2.MultiplyAddAdjacent(pairs.AsInt16(), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Products(Vector256<int> x, Vector256<int> y) => Avx2.MultiplyAddAdjacent(x.AsInt16(), y.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> x, Vector256<int> y) => x + y;
}

/// <summary>SSSE3: four columns.</summary>
internal readonly unsafe struct Quads128 : IQuadLanes<Vector128<int>>
{
    public static int Count => PortableQuads.Count;

    public static int TileRows => PortableQuads.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* quad) => PortableQuads.Broadcast(quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(sbyte* weights) => PortableQuads.Load(weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* target, Vector128<int> sums) => PortableQuads.Store(target, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Pairs(Vector128<int> bytes, Vector128<int> weights) => Ssse3.MultiplyAddAdjacent(bytes.AsByte(), weights.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddPairs(Vector128<int> x, Vector128<int> y) => PortableQuads.AddPairs(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(Vector128<int> pairs) => Sse2.MultiplyAddAdjacent(pairs.AsInt16(), Vector128<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(Vector128<int> x, Vector128<int> y) => Sse2.MultiplyAddAdjacent(x.AsInt16(), y.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> x, Vector128<int> y) => x + y;
}

/// <summary>Any machine, NEON among them: four columns. A product of a byte and a signed byte fits 16 bits.</summary>
internal readonly unsafe struct PortableQuads : IQuadLanes<Vector128<int>>
{
    public static int Count => 4;

    public static int TileRows => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(byte* quad) => Vector128.Create(*(int*)quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(sbyte* weights) => Vector128.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* target, Vector128<int> sums) => sums.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Pairs(Vector128<int> bytes, Vector128<int> weights)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes.AsByte());
        (Vector128<short> lowWeights, Vector128<short> highWeights) = Vector128.Widen(weights.AsSByte());
        Vector128<int> first = (low.AsInt16() * lowWeights).AsInt32();
        Vector128<int> second = (high.AsInt16() * highWeights).AsInt32();
        return (Vector128.Narrow(first, second) + Vector128.Narrow(first >> 16, second >> 16)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddPairs(Vector128<int> x, Vector128<int> y) => (x.AsInt16() + y.AsInt16()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Widen(Vector128<int> pairs) => ((pairs << 16) >> 16) + (pairs >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Products(Vector128<int> x, Vector128<int> y) => (((x << 16) >> 16) * ((y << 16) >> 16)) + ((x >> 16) * (y >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> x, Vector128<int> y) => x + y;
}
