using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>All steps of some sequences, forward.</summary>
internal readonly unsafe struct ForwardPiece<T, TVector, TLanes, TCell>(
    bool reverse, Tensor[] inputs, Tensor[] outputs, RecurrentWeights<T, TVector, TLanes> weights, T* bias, int rowsPerPiece) : IPieceBody
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
    where TCell : struct, ICellKernel
{
    public void Run(int piece)
    {
        (int batch, int time, int units) = (outputs[0].Shape[0], outputs[0].Shape[1], outputs[0].Shape[2]);
        int first = piece * rowsPerPiece;
        int rows = Math.Min(rowsPerPiece, batch - first);
        int padded = (units + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;
        int width = TCell.Gates * padded;
        T* states = Scratch.Get<T>(ScratchUse.RecurrentState, (nint)rows * ((2 * padded) + width));
        T* cells = states + ((nint)rows * padded);
        T* sums = cells + ((nint)rows * padded);
        Begin(inputs[4], first, rows, units, padded, states);
        Begin(inputs[^1], first, rows, units, padded, cells);
        for (int step = 0; step < time; step++)
        {
            weights.Multiply(rows, states, padded, sums, width, bias);
            for (int row = 0; row < rows; row++)
            {
                int at = ((first + row) * time) + (reverse ? time - 1 - step : step);
                GateRow<T> work = new()
                {
                    Units = units,
                    Padded = padded,
                    Recurrent = sums + ((nint)row * width),
                    State = states + ((nint)row * padded),
                    Cell = cells + ((nint)row * padded),
                    Hidden = outputs[0].Pointer<T>() + ((nint)at * units),
                };
                RunRow(work, at, first + row, reverse ? time - 1 - step : step);
            }
        }
    }

    private static void Begin(Tensor tensor, int first, int rows, int units, int padded, T* target)
    {
        for (int row = 0; row < rows; row++)
        {
            Span<T> begin = new(target + ((nint)row * padded), padded);
            new Span<T>(tensor.Pointer<T>() + ((nint)(first + row) * units), units).CopyTo(begin);
            begin[units..].Clear();
        }
    }

    private void RunRow(GateRow<T> row, int at, int sequence, int step)
    {
        int all = TCell.Gates * row.Units;
        row.Projected = inputs[0].Pointer<T>() + ((nint)at * all);
        if (TCell.KeepsGates)
        {
            row.Memory = outputs[1].Pointer<T>() + ((nint)at * row.Units);
            row.Gates = outputs[2].Pointer<T>() + ((nint)at * all);
        }

        if (step < inputs[3].Pointer<int>()[sequence])
        {
            TCell.Forward(row);
        }
        else if (TCell.KeepsGates)
        {
            new Span<T>(row.Gates, all).Clear();
            new Span<T>(row.Memory, row.Units).Clear();
        }

        new Span<T>(row.State, row.Units).CopyTo(new Span<T>(row.Hidden, row.Units));
        if (TCell.HasCell)
        {
            new Span<T>(row.Cell, row.Units).CopyTo(new Span<T>(row.Memory, row.Units));
        }
    }
}
