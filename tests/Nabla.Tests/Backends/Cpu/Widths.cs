using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>The widths of vectors whose results must not differ by a bit.</summary>
internal static class Widths
{
    /// <summary>
    /// All of them, of which the machine may split the wider ones; where it has no vectors at all, the one that it then computes with: the others would be
    /// the same scalars once more, and many times slower.
    /// </summary>
    public static readonly LaneWidth[] All = Vector128.IsHardwareAccelerated ? Enum.GetValues<LaneWidth>() : [Lanes.Best];
}
