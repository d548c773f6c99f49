using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Quantized;

namespace Nabla.Tests.Backends.Cpu.Quantized;

/// <summary>Vectors of sixteen columns, as AVX-512 has them, made of four narrow ones: the wide kernel on any machine.</summary>
internal readonly unsafe struct TwoHalves : IQuadLanes<Vector512<int>>
{
    public static int Count => 16;

    public static int TileRows => 8;

    public static Vector512<int> Broadcast(byte* quad) => Vector512.Create(*(int*)quad);

    public static Vector512<int> Load(sbyte* weights) => Vector512.Load((int*)weights);

    public static void Store(int* target, Vector512<int> sums) => sums.Store(target);

    public static Vector512<int> Pairs(Vector512<int> bytes, Vector512<int> weights) => Vector512.Create(
        Vector256.Create(PortableQuads.Pairs(bytes.GetLower().GetLower(), weights.GetLower().GetLower()), PortableQuads.Pairs(bytes.GetLower().GetUpper(), weights.GetLower().GetUpper())),
        Vector256.Create(PortableQuads.Pairs(bytes.GetUpper().GetLower(), weights.GetUpper().GetLower()), PortableQuads.Pairs(bytes.GetUpper().GetUpper(), weights.GetUpper().GetUpper())));

    public static Vector512<int> AddPairs(Vector512<int> x, Vector512<int> y) => (x.AsInt16() + y.AsInt16()).AsInt32();

    public static Vector512<int> Widen(Vector512<int> pairs) => ((pairs << 16) >> 16) + (pairs >> 16);

    public static Vector512<int> Products(Vector512<int> x, Vector512<int> y) => (((x << 16) >> 16) * ((y << 16) >> 16)) + ((x >> 16) * (y >> 16));

    public static Vector512<int> Add(Vector512<int> x, Vector512<int> y) => x + y;
}
