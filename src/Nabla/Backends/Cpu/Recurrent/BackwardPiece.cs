using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>All steps of some sequences, backward.</summary>
internal readonly unsafe struct BackwardPiece<T, TVector, TLanes, TCell>(
    bool reverse, Tensor[] inputs, Tensor[] outputs, RecurrentWeights<T, TVector, TLanes> weights, int rowsPerPiece) : IPieceBody
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
    where TCell : struct, ICellKernel
{
    public void Run(int piece)
    {
        (int batch, int time, int units) = (inputs[4].Shape[0], inputs[4].Shape[1], inputs[4].Shape[2]);
        int first = piece * rowsPerPiece;
        int rows = Math.Min(rowsPerPiece, batch - first);
        int padded = (units + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;
        int width = TCell.Gates * padded;
        T* states = Scratch.Get<T>(ScratchUse.RecurrentState, (nint)rows * ((2 * padded) + width));
        T* cells = states + ((nint)rows * padded);
        T* sums = cells + ((nint)rows * padded);
        new Span<T>(states, rows * 2 * padded).Clear();
        for (int step = 0; step < time; step++)
        {
            for (int row = 0; row < rows; row++)
            {
                GateRow<T> work = new()
                {
                    Units = units,
                    Padded = padded,
                    Recurrent = sums + ((nint)row * width),
                    State = states + ((nint)row * padded),
                    Cell = cells + ((nint)row * padded),
                };
                RunRow(work, first + row, time, reverse ? step : time - 1 - step);
            }

            weights.Multiply(rows, sums, width, states, padded, null);
        }

        for (int row = 0; row < rows; row++)
        {
            End(states + ((nint)row * padded), outputs[TCell.Splits ? 2 : 1], first + row, units);
            if (TCell.HasCell)
            {
                End(cells + ((nint)row * padded), outputs[2], first + row, units);
            }
        }
    }

    private static void End(T* state, Tensor tensor, int row, int units) =>
        new Span<T>(state, units).CopyTo(new Span<T>(tensor.Pointer<T>() + ((nint)row * units), units));

    private static void Add(in GateRow<T> row, T* sum, T* addend)
    {
        for (int unit = 0; unit < row.Units; unit += Vector512<T>.Count)
        {
            (Vector512.Load(sum + unit) + row.Load(addend, unit)).Store(sum + unit);
        }
    }

    private void RunRow(GateRow<T> row, int sequence, int time, int step)
    {
        int before = reverse ? step + 1 : step - 1;
        bool isFirst = before < 0 || before == time;
        nint at = ((nint)sequence * time) + step;
        nint last = isFirst ? sequence : ((nint)sequence * time) + before;
        int all = TCell.Gates * row.Units;
        row.Hidden = inputs[4].Pointer<T>() + (at * row.Units);
        row.LastHidden = inputs[isFirst ? 2 : 4].Pointer<T>() + (last * row.Units);
        row.Memory = inputs[5].Pointer<T>() + (at * row.Units);
        row.LastMemory = inputs[isFirst ? 3 : 5].Pointer<T>() + (last * row.Units);
        row.Gates = inputs[6].Pointer<T>() + (at * all);
        row.OfHidden = inputs[7].Pointer<T>() + (at * row.Units);
        row.OfMemory = inputs[8].Pointer<T>() + (at * row.Units);
        row.Projected = outputs[0].Pointer<T>() + (at * all);
        row.OfRecurrent = outputs[TCell.Splits ? 1 : 0].Pointer<T>() + (at * all);
        Add(row, row.State, row.OfHidden);
        if (TCell.HasCell)
        {
            Add(row, row.Cell, row.OfMemory);
        }

        if (step < inputs[1].Pointer<int>()[sequence])
        {
            TCell.Backward(row);
        }
        else
        {
            new Span<T>(row.Recurrent, TCell.Gates * row.Padded).Clear();
            new Span<T>(row.Projected, all).Clear();
            new Span<T>(row.OfRecurrent, all).Clear();
        }
    }
}
