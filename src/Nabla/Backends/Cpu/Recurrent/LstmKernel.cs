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
        (int units, int padded) = (row.Units, row.Padded);
        for (int unit = 0; unit < units; unit += Vector512<T>.Count)
        {
            T* sums = row.Recurrent + unit;
            Vector512<T> i = Hyperbolic.Sigmoid(Vector512.Load(sums) + row.Load(row.Projected, unit));
            Vector512<T> f = Hyperbolic.Sigmoid(Vector512.Load(sums + padded) + row.Load(row.Projected + units, unit));
            Vector512<T> g = Hyperbolic.Tanh(Vector512.Load(sums + (2 * padded)) + row.Load(row.Projected + (2 * units), unit));
            Vector512<T> o = Hyperbolic.Sigmoid(Vector512.Load(sums + (3 * padded)) + row.Load(row.Projected + (3 * units), unit));
            Vector512<T> cell = Lanes512.MultiplyAdd(f, Vector512.Load(row.Cell + unit), i * g);
            Vector512<T> state = o * Hyperbolic.Tanh(cell);
            cell.Store(row.Cell + unit);
            state.Store(row.State + unit);
            row.Store(i, row.Gates, unit);
            row.Store(f, row.Gates + units, unit);
            row.Store(g, row.Gates + (2 * units), unit);
            row.Store(o, row.Gates + (3 * units), unit);
        }
    }

    public static void Backward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        int units = row.Units;
        Vector512<T> one = Vector512<T>.One;
        for (int unit = 0; unit < units; unit += Vector512<T>.Count)
        {
            Vector512<T> i = row.Load(row.Gates, unit), f = row.Load(row.Gates + units, unit);
            Vector512<T> g = row.Load(row.Gates + (2 * units), unit), o = row.Load(row.Gates + (3 * units), unit);
            Vector512<T> tanh = Hyperbolic.Tanh(row.Load(row.Memory, unit));
            Vector512<T> ofState = Vector512.Load(row.State + unit);
            Vector512<T> ofCell = Vector512.Load(row.Cell + unit) + (ofState * o * (one - (tanh * tanh)));
            Write(row, 0, unit, ofCell * g * i * (one - i));
            Write(row, 1, unit, ofCell * row.Load(row.LastMemory, unit) * f * (one - f));
            Write(row, 2, unit, ofCell * i * (one - (g * g)));
            Write(row, 3, unit, ofState * tanh * o * (one - o));
            (ofCell * f).Store(row.Cell + unit);
            Vector512<T>.Zero.Store(row.State + unit);
        }

        static void Write(in GateRow<T> row, int gate, int unit, Vector512<T> value)
        {
            value.Store(row.Recurrent + (gate * row.Padded) + unit);
            row.Store(value, row.Projected + (gate * row.Units), unit);
        }
    }
}
