using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>A kernel of bytes that is written once for all vector widths.</summary>
internal interface IQuadBody
{
    void Run<TVector, TLanes>()
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector>;
}

/// <summary>Runs a kernel of bytes with the types for a vector width.</summary>
internal static class QuadDispatch
{
    /// <summary>Runs <paramref name="body"/>; a machine without the instructions of bytes takes the next narrower width.</summary>
    public static void Run<TBody>(TBody body, LaneWidth width)
        where TBody : struct, IQuadBody
    {
        switch (width)
        {
            case LaneWidth.Bits512 when Avx512BW.IsSupported: body.Run<Vector512<int>, Quads512>(); break;
            case LaneWidth.Bits256 or LaneWidth.Bits512 when Avx2.IsSupported: body.Run<Vector256<int>, Quads256>(); break;
            default:
                if (Ssse3.IsSupported)
                {
                    body.Run<Vector128<int>, Quads128>();
                }
                else
                {
                    body.Run<Vector128<int>, PortableQuads>();
                }

                break;
        }
    }
}
