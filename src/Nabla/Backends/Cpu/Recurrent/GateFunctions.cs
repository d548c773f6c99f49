using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The functions of gates, in as few instructions as they take: a step walks over all gates between two products.</summary>
internal static class GateFunctions
{
    /// <summary>1 / (1 + exp(-x)), within 3 units in the last place; below -87 (of doubles -708) it stays at its value there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x)
        where T : unmanaged
    {
        double limit = IsSingle<T>() ? 87 : 708;
        (Vector512<T> power, Vector512<T> part) = Exponential.Parts(AtMost(AtLeast(-x, -limit), limit));
        return Vector512<T>.One / MultiplyAdd(power, part, power + Vector512<T>.One);
    }
}
