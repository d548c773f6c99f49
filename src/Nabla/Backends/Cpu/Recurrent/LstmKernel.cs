using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Long short-term memory.</summary>
internal readonly unsafe struct LstmKernel : ICellKernel
{
    public static int Gates => 4;

    public static bool HasCell => true;

    public static bool Splits => false;

    public static bool KeepsGates => true;

    public static void Forward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        int padded = row.Padded, stride = row.Stride;
        GateFunctions.Sigmoids(row, row.Recurrent, row.Projected, row.Gates);
        GateFunctions.Sigmoids(row, row.Recurrent + padded, row.Projected + stride, row.Gates + stride);
        GateFunctions.Tanhs(row, row.Recurrent + (2 * padded), row.Projected + (2 * stride), row.Gates + (2 * stride));
        GateFunctions.Sigmoids(row, row.Recurrent + (3 * padded), row.Projected + (3 * stride), row.Gates + (3 * stride));
        States(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        nint end = row.End, padded = row.Padded, stride = row.Stride;
        T* sums = row.Recurrent, projected = row.Projected, gates = row.Gates, cells = row.Cell, states = row.State;
        T* memory = row.Memory, lastMemory = row.LastMemory, ofHidden = row.OfHidden, ofMemory = row.OfMemory;
        Vector512<T> one = Vector512<T>.One;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            T* gate = gates + unit;
            Vector512<T> i = Vector512.Load(gate), f = Vector512.Load(gate + stride);
            Vector512<T> g = Vector512.Load(gate + (2 * stride)), o = Vector512.Load(gate + (3 * stride));
            Vector512<T> tanh = Hyperbolic.Tanh(Vector512.Load(memory + unit));
            Vector512<T> ofState = Vector512.Load(states + unit) + Vector512.Load(ofHidden + unit);
            Vector512<T> ofCell = Vector512.Load(cells + unit) + Vector512.Load(ofMemory + unit) + (ofState * o * (one - (tanh * tanh)));
            Vector512<T> ofInput = ofCell * g * i * (one - i);
            Vector512<T> ofForget = ofCell * Vector512.Load(lastMemory + unit) * f * (one - f);
            Vector512<T> ofCandidate = ofCell * i * (one - (g * g));
            Vector512<T> ofOutput = ofState * tanh * o * (one - o);
            (ofCell * f).Store(cells + unit);
            Vector512<T>.Zero.Store(states + unit);
            T* sum = sums + unit;
            T* input = projected + unit;
            ofInput.Store(sum);
            ofForget.Store(sum + padded);
            ofCandidate.Store(sum + (2 * padded));
            ofOutput.Store(sum + (3 * padded));
            ofInput.Store(input);
            ofForget.Store(input + stride);
            ofCandidate.Store(input + (2 * stride));
            ofOutput.Store(input + (3 * stride));
        }
    }

    /// <summary>The cells and states that gates give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void States<T>(in GateRow<T> row)
        where T : unmanaged
    {
        // Locals: what is stored could change the fields for all that the compiler knows.
        nint end = row.End, stride = row.Stride;
        T* gates = row.Gates, cells = row.Cell, next = row.Next, hidden = row.Hidden, memory = row.Memory;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            T* gate = gates + unit;
            Vector512<T> input = Vector512.Load(gate) * Vector512.Load(gate + (2 * stride));
            Vector512<T> cell = Lanes512.MultiplyAdd(Vector512.Load(gate + stride), Vector512.Load(cells + unit), input);
            Vector512<T> state = Vector512.Load(gate + (3 * stride)) * Hyperbolic.Tanh(cell);
            cell.Store(cells + unit);
            cell.Store(memory + unit);
            state.Store(next + unit);
            state.Store(hidden + unit);
        }
    }
}
