using Nabla.Backends.Cpu.Gemm;

namespace Nabla;

/// <summary>Which vector instructions compute.</summary>
public static class InstructionSet
{
    /// <summary>
    /// The instruction set of the kernels: <c>avx512</c>, <c>avx2</c> or <c>portable</c> (NEON, or whatever 128-bit vectors the machine has).
    /// It is the best of the machine, or the one that the environment variable <c>NABLA_ISA</c> asks for. With <see cref="Numerics.Exact"/>
    /// any of them gives the same bits.
    /// </summary>
    /// <exception cref="FormatException"><c>NABLA_ISA</c> is none of the three.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks what <c>NABLA_ISA</c> asks for.</exception>
    public static string Name => Lanes.NameOf(Lanes.Widest);
}
