using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Which vector width kernels use. The results are the same at any width.</summary>
internal static class Lanes
{
    private const string Variable = "NABLA_ISA";
    private static readonly string[] Names = ["portable", "avx2", "avx512"];
    private static volatile int chosen = -1;

    /// <summary>The width that kernels use: what <c>NABLA_ISA</c> asks for, or <see cref="Best"/>.</summary>
    /// <exception cref="FormatException"><c>NABLA_ISA</c> is no instruction set.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks what <c>NABLA_ISA</c> asks for.</exception>
    public static LaneWidth Widest
    {
        get
        {
            int width = chosen;
            return width >= 0 ? (LaneWidth)width : Choose();
        }
    }

    /// <summary>The widest that the machine runs at full speed.</summary>
    public static LaneWidth Best =>
        Vector512.IsHardwareAccelerated ? LaneWidth.Bits512 :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? LaneWidth.Bits256 : LaneWidth.Bits128;

    /// <summary>The name of the instruction set of a width.</summary>
    public static string NameOf(LaneWidth width) => Names[(int)width];

    /// <summary>The width of the instruction set called <paramref name="name"/> on a machine whose widest is <paramref name="best"/>.</summary>
    internal static LaneWidth Parse(string? name, LaneWidth best)
    {
        if (string.IsNullOrEmpty(name))
        {
            return best;
        }

        int width = Array.IndexOf(Names, name);
        return width < 0
            ? throw new FormatException($"{Variable} is '{name}', but it must be avx512, avx2 or portable; unset, it is the best that the machine has.")
            : width <= (int)best
                ? (LaneWidth)width
                : throw new PlatformNotSupportedException($"{Variable} asks for {name}, but the best that this machine has is {NameOf(best)}.");
    }

    // Not in a static constructor, which would wrap the error.
    private static LaneWidth Choose()
    {
        LaneWidth width = Parse(Environment.GetEnvironmentVariable(Variable), Best);
        chosen = (int)width;
        return width;
    }
}
