using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>A state that one function of a sum gives.</summary>
internal readonly unsafe struct SimpleKernel<TFunction> : ICellKernel
    where TFunction : struct, IStateFunction
{
    public static int Gates => 1;

    public static bool HasCell => false;

    public static bool Splits => false;

    public static bool KeepsGates => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        nint end = row.End;
        T* sums = row.Recurrent, projected = row.Projected, next = row.Next, hidden = row.Hidden;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            Vector512<T> state = TFunction.Invoke(Vector512.Load(sums + unit) + Vector512.Load(projected + unit));
            state.Store(next + unit);
            state.Store(hidden + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        nint end = row.End;
        T* sums = row.Recurrent, projected = row.Projected, states = row.State, hidden = row.Hidden, ofHidden = row.OfHidden;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            Vector512<T> value = TFunction.Backward(Vector512.Load(hidden + unit), Vector512.Load(states + unit) + Vector512.Load(ofHidden + unit));
            value.Store(sums + unit);
            value.Store(projected + unit);
            Vector512<T>.Zero.Store(states + unit);
        }
    }
}

/// <summary>The function of a simple cell and its gradient from its result.</summary>
internal interface IStateFunction
{
    static abstract Vector512<T> Invoke<T>(Vector512<T> sum)
        where T : unmanaged;

    static abstract Vector512<T> Backward<T>(Vector512<T> result, Vector512<T> cotangent)
        where T : unmanaged;
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly struct TanhState : IStateFunction
{
    public static Vector512<T> Invoke<T>(Vector512<T> sum)
        where T : unmanaged => Hyperbolic.Tanh(sum);

    public static Vector512<T> Backward<T>(Vector512<T> result, Vector512<T> cotangent)
        where T : unmanaged => cotangent * (Vector512<T>.One - (result * result));
}

/// <summary>The rectifier.</summary>
internal readonly struct ReluState : IStateFunction
{
    public static Vector512<T> Invoke<T>(Vector512<T> sum)
        where T : unmanaged => Vector512.Max(sum, Vector512<T>.Zero);

    public static Vector512<T> Backward<T>(Vector512<T> result, Vector512<T> cotangent)
        where T : unmanaged => cotangent & Vector512.GreaterThan(result, Vector512<T>.Zero);
}
