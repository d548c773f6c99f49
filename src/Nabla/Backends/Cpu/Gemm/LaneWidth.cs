namespace Nabla.Backends.Cpu.Gemm;

/// <summary>The widths of vectors that kernels are made for, from narrow to wide.</summary>
internal enum LaneWidth
{
    /// <summary>NEON, or no wide vectors.</summary>
    Bits128,

    /// <summary>AVX2 with fused multiply-add.</summary>
    Bits256,

    /// <summary>AVX-512.</summary>
    Bits512,
}
