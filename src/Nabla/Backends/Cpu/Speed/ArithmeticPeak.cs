using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Speed;

/// <summary>The most floating-point work the machine does, now: chains of fused multiply-adds that never leave the registers.</summary>
internal static class ArithmeticPeak
{
    private const int Chains = 12;
    private const int Links = 200_000;
    private const int PiecesPerThread = 4;

    private static float sink;

    /// <summary>Does as much float32 work as it can on so many threads.</summary>
    /// <returns>How many additions and multiplications that was.</returns>
    public static double Work(int threads)
    {
        int pieces = PiecesPerThread * threads;
        WorkerPool.Run(pieces, default(Piece));
        int lanes = Lanes.Widest switch { LaneWidth.Bits512 => 16, LaneWidth.Bits256 => 8, _ => 4 };
        return 2.0 * Chains * Links * lanes * pieces;
    }

    private readonly struct Piece : IPieceBody
    {
        public void Run(int piece) => LaneDispatch.Run<float, ChainBody>(default, Lanes.Widest);
    }

    private readonly struct ChainBody : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector> => sink = float.CreateTruncating(Chain<T, TVector, TLanes>());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe T Chain<T, TVector, TLanes>()
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        T factor = T.CreateTruncating(0.5);
        TVector x = TLanes.Broadcast(&factor);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int link = 0; link < Links; link++)
        {
            a = TLanes.MultiplyAdd(a, x, x);
            b = TLanes.MultiplyAdd(b, x, x);
            c = TLanes.MultiplyAdd(c, x, x);
            d = TLanes.MultiplyAdd(d, x, x);
            e = TLanes.MultiplyAdd(e, x, x);
            f = TLanes.MultiplyAdd(f, x, x);
            g = TLanes.MultiplyAdd(g, x, x);
            h = TLanes.MultiplyAdd(h, x, x);
            i = TLanes.MultiplyAdd(i, x, x);
            j = TLanes.MultiplyAdd(j, x, x);
            k = TLanes.MultiplyAdd(k, x, x);
            l = TLanes.MultiplyAdd(l, x, x);
        }

        TVector sum = TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h)));
        T* lanes = stackalloc T[16];
        TLanes.Store(lanes, TLanes.Add(sum, TLanes.Add(TLanes.Add(i, j), TLanes.Add(k, l))));
        return lanes[0];
    }
}
