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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        // Locals: what is stored could change the fields for all that the compiler knows.
        nint end = row.End, padded = row.Padded, stride = row.Stride;
        T* sums = row.Recurrent, projected = row.Projected, gates = row.Gates, cells = row.Cell;
        T* next = row.Next, hidden = row.Hidden, memory = row.Memory;
        for (nint unit = row.Begin; unit < end; unit += Vector512<T>.Count)
        {
            T* sum = sums + unit;
            T* input = projected + unit;
            T* gate = gates + unit;
            Vector512<T> i = GateFunctions.Sigmoid(Vector512.Load(sum) + Vector512.Load(input));
            Vector512<T> f = GateFunctions.Sigmoid(Vector512.Load(sum + padded) + Vector512.Load(input + stride));
            Vector512<T> g = Hyperbolic.Tanh(Vector512.Load(sum + (2 * padded)) + Vector512.Load(input + (2 * stride)));
            Vector512<T> o = GateFunctions.Sigmoid(Vector512.Load(sum + (3 * padded)) + Vector512.Load(input + (3 * stride)));
            Vector512<T> cell = Lanes512.MultiplyAdd(f, Vector512.Load(cells + unit), i * g);
            Vector512<T> state = o * Hyperbolic.Tanh(cell);
            cell.Store(cells + unit);
            cell.Store(memory + unit);
            state.Store(next + unit);
            state.Store(hidden + unit);
            i.Store(gate);
            f.Store(gate + stride);
            g.Store(gate + (2 * stride));
            o.Store(gate + (3 * stride));
        }
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
}
