using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using static Nabla.Ops.Elementwise.Kernels.Lanes512;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The functions of gates, in as few instructions as they take: a step walks over all gates between two products.</summary>
/// <remarks>
/// Each function has a loop of its own: without AVX-512 each operation is two of half the width, and the compiler expands only so many in a method. All
/// gates in one loop ran four times slower there.
/// </remarks>
internal static unsafe class GateFunctions
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

    /// <summary>The sigmoid of the sums of recurrent products and projected inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sigmoids<T>(in GateRow<T> row, T* recurrent, T* projected, T* gates)
        where T : unmanaged
    {
        nint end = row.End;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            Sigmoid(Vector512.Load(recurrent + unit) + Vector512.Load(projected + unit)).Store(gates + unit);
        }
    }

    /// <summary>The hyperbolic tangent of the same sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Tanhs<T>(in GateRow<T> row, T* recurrent, T* projected, T* gates)
        where T : unmanaged
    {
        nint end = row.End;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            Hyperbolic.Tanh(Vector512.Load(recurrent + unit) + Vector512.Load(projected + unit)).Store(gates + unit);
        }
    }
}
