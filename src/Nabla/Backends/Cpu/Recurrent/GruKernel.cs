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
        (int units, int padded) = (row.Units, row.Padded);
        for (int unit = 0; unit < units; unit += Vector512<T>.Count)
        {
            T* sums = row.Recurrent + unit;
            Vector512<T> r = Hyperbolic.Sigmoid(Vector512.Load(sums) + row.Load(row.Projected, unit));
            Vector512<T> z = Hyperbolic.Sigmoid(Vector512.Load(sums + padded) + row.Load(row.Projected + units, unit));
            Vector512<T> recurrent = Vector512.Load(sums + (2 * padded));
            Vector512<T> n = Hyperbolic.Tanh(Lanes512.MultiplyAdd(r, recurrent, row.Load(row.Projected + (2 * units), unit)));
            Lanes512.MultiplyAdd(z, Vector512.Load(row.State + unit) - n, n).Store(row.State + unit);
            row.Store(recurrent, row.Memory, unit);
            row.Store(r, row.Gates, unit);
            row.Store(z, row.Gates + units, unit);
            row.Store(n, row.Gates + (2 * units), unit);
        }
    }

    public static void Backward<T>(in GateRow<T> row)
        where T : unmanaged
    {
        int units = row.Units;
        Vector512<T> one = Vector512<T>.One;
        for (int unit = 0; unit < units; unit += Vector512<T>.Count)
        {
            Vector512<T> r = row.Load(row.Gates, unit), z = row.Load(row.Gates + units, unit), n = row.Load(row.Gates + (2 * units), unit);
            Vector512<T> ofState = Vector512.Load(row.State + unit);
            Vector512<T> ofCandidate = ofState * (one - z) * (one - (n * n));
            Vector512<T> ofReset = ofCandidate * row.Load(row.Memory, unit) * r * (one - r);
            Vector512<T> ofUpdate = ofState * (row.Load(row.LastHidden, unit) - n) * z * (one - z);
            Write(row, 0, unit, ofReset, ofReset);
            Write(row, 1, unit, ofUpdate, ofUpdate);
            Write(row, 2, unit, ofCandidate, ofCandidate * r);
            (ofState * z).Store(row.State + unit);
        }

        static void Write(in GateRow<T> row, int gate, int unit, Vector512<T> ofProjected, Vector512<T> ofRecurrent)
        {
            ofRecurrent.Store(row.Recurrent + (gate * row.Padded) + unit);
            row.Store(ofProjected, row.Projected + (gate * row.Units), unit);
            row.Store(ofRecurrent, row.OfRecurrent + (gate * row.Units), unit);
        }
    }
}
