using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The gated recurrent unit; its memory is the recurrent part of the candidate.</summary>
internal readonly unsafe struct GruKernel : ICellKernel
{
    public static int Gates => 3;

    public static bool HasCell => false;

    public static bool Splits => true;

    public static bool KeepsGates => true;

    public static void Forward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        GateFunctions.Sigmoids(row, row.Recurrent, row.Projected, row.Gates);
        GateFunctions.Sigmoids(row, row.Recurrent + row.Padded, row.Projected + row.Stride, row.Gates + row.Stride);
        States(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        nint end = row.End, padded = row.Padded, stride = row.Stride;
        T* sums = row.Recurrent, projected = row.Projected, recurrent = row.OfRecurrent, gates = row.Gates, states = row.State;
        T* memory = row.Memory, lastHidden = row.LastHidden, ofHidden = row.OfHidden;
        Vector512<T> one = Vector512<T>.One;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            T* gate = gates + unit;
            Vector512<T> r = Vector512.Load(gate), z = Vector512.Load(gate + stride), n = Vector512.Load(gate + (2 * stride));
            Vector512<T> ofState = Vector512.Load(states + unit) + Vector512.Load(ofHidden + unit);
            Vector512<T> ofCandidate = ofState * (one - z) * (one - (n * n));
            Vector512<T> ofReset = ofCandidate * Vector512.Load(memory + unit) * r * (one - r);
            Vector512<T> ofUpdate = ofState * (Vector512.Load(lastHidden + unit) - n) * z * (one - z);
            Write(sums + unit, padded, ofReset, ofUpdate, ofCandidate * r);
            Write(projected + unit, stride, ofReset, ofUpdate, ofCandidate);
            Write(recurrent + unit, stride, ofReset, ofUpdate, ofCandidate * r);
            (ofState * z).Store(states + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<T>(T* target, nint stride, Vector512<T> ofReset, Vector512<T> ofUpdate, Vector512<T> ofCandidate)
        where T : unmanaged
    {
        ofReset.Store(target);
        ofUpdate.Store(target + stride);
        ofCandidate.Store(target + (2 * stride));
    }

    /// <summary>The candidates and states that the other gates give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void States<T>(in GateRow<T> row)
        where T : unmanaged
    {
        nint end = row.End, stride = row.Stride;
        T* sums = row.Recurrent + (2 * row.Padded), projected = row.Projected + (2 * stride), gates = row.Gates;
        T* states = row.State, next = row.Next, hidden = row.Hidden, memory = row.Memory;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            T* gate = gates + unit;
            Vector512<T> recurrent = Vector512.Load(sums + unit);
            Vector512<T> n = Hyperbolic.Tanh(Lanes512.MultiplyAdd(Vector512.Load(gate), recurrent, Vector512.Load(projected + unit)));
            Vector512<T> state = Lanes512.MultiplyAdd(Vector512.Load(gate + stride), Vector512.Load(states + unit) - n, n);
            state.Store(next + unit);
            state.Store(hidden + unit);
            recurrent.Store(memory + unit);
            n.Store(gate + (2 * stride));
        }
    }
}
