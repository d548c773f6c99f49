using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>All steps of some sequences, backward.</summary>
internal readonly unsafe struct BackwardPiece<T, TVector, TLanes, TCell>(
    bool reverse, bool drops, Tensor[] inputs, Tensor[] outputs, RecurrentWeights<T, TVector, TLanes> weights, int rowsPerPiece) : IPieceBody
    where T : unmanaged, INumberBase<T>
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
        T* states = Scratch.Get<T>(ScratchUse.RecurrentState, (nint)rows * ((4 * padded) + width));
        T* cells = states + ((nint)rows * padded);
        T* sums = cells + ((nint)rows * padded);
        new Span<T>(states, rows * 2 * padded).Clear();
        for (int step = 0; step < time; step++)
        {
            for (int row = 0; row < rows; row++)
            {
                GateRow<T> work = new()
                {
                    End = units / Vector512<T>.Count * Vector512<T>.Count,
                    Padded = padded,
                    Stride = units,
                    Recurrent = sums + ((nint)row * width),
                    State = states + ((nint)row * padded),
                    Cell = cells + ((nint)row * padded),
                };
                RunRow(work, first + row, time, reverse ? step : time - 1 - step);
            }

            if (drops)
            {
                AddDropped(rows, padded, first, sums, states);
            }
            else
            {
                weights.Multiply(rows, sums, width, states, padded, null);
            }
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

    /// <summary>The recurrent product saw the states times their mask: so do their gradients.</summary>
    private void AddDropped(int rows, int padded, int first, T* sums, T* states)
    {
        int units = inputs[4].Shape[2];
        T* products = sums + ((nint)rows * TCell.Gates * padded);
        T* mask = products + ((nint)rows * padded);
        new Span<T>(products, rows * 2 * padded).Clear();
        for (int row = 0; row < rows; row++)
        {
            new Span<T>(inputs[9].Pointer<T>() + ((nint)(first + row) * units), units).CopyTo(new Span<T>(mask + ((nint)row * padded), units));
        }

        weights.Multiply(rows, sums, TCell.Gates * padded, products, padded, null);
        for (int index = 0; index < rows * padded; index += Vector512<T>.Count)
        {
            (Vector512.Load(states + index) + (Vector512.Load(products + index) * Vector512.Load(mask + index))).Store(states + index);
        }
    }

    private void RunRow(GateRow<T> row, int sequence, int time, int step)
    {
        int before = reverse ? step + 1 : step - 1;
        bool isFirst = before < 0 || before == time;
        nint at = ((nint)sequence * time) + step;
        nint last = isFirst ? sequence : ((nint)sequence * time) + before;
        int all = TCell.Gates * row.Stride;
        row.Hidden = inputs[4].Pointer<T>() + (at * row.Stride);
        row.LastHidden = inputs[isFirst ? 2 : 4].Pointer<T>() + (last * row.Stride);
        row.Memory = inputs[5].Pointer<T>() + (at * row.Stride);
        row.LastMemory = inputs[isFirst ? 3 : 5].Pointer<T>() + (last * row.Stride);
        row.Gates = inputs[6].Pointer<T>() + (at * all);
        row.OfHidden = inputs[7].Pointer<T>() + (at * row.Stride);
        row.OfMemory = inputs[8].Pointer<T>() + (at * row.Stride);
        row.Projected = outputs[0].Pointer<T>() + (at * all);
        row.OfRecurrent = outputs[TCell.Splits ? 1 : 0].Pointer<T>() + (at * all);
        if (step >= inputs[1].Pointer<int>()[sequence])
        {
            Skip(row);
            return;
        }

        TCell.Backward(row);
        if (row.End < row.Stride)
        {
            RunRest(row);
        }
    }

    /// <summary>A step behind the end of a sequence: what comes goes on to the step before.</summary>
    private static void Skip(in GateRow<T> row)
    {
        (int units, int all) = (row.Stride, TCell.Gates * row.Stride);
        Add(row.State, row.OfHidden, units);
        if (TCell.HasCell)
        {
            Add(row.Cell, row.OfMemory, units);
        }

        new Span<T>(row.Recurrent, TCell.Gates * row.Padded).Clear();
        new Span<T>(row.Projected, all).Clear();
        new Span<T>(row.OfRecurrent, all).Clear();
    }

    private static void Add(T* sum, T* addend, int units)
    {
        for (int unit = 0; unit < units; unit++)
        {
            sum[unit] += addend[unit];
        }
    }

    /// <summary>The units behind the last whole vector, in copies that have one.</summary>
    [SkipLocalsInit]
    private static void RunRest(GateRow<T> row)
    {
        (int whole, int units, int size) = (row.End, row.Stride, Vector512<T>.Count);
        T* copies = stackalloc T[((3 * TCell.Gates) + 6) * size];
        GateRow<T> rest = row;
        (rest.Begin, rest.End, rest.Stride) = (0, size, size);
        rest.Recurrent = row.Recurrent + whole;
        rest.State = row.State + whole;
        rest.Cell = row.Cell + whole;
        rest.Hidden = copies;
        rest.LastHidden = copies + size;
        rest.OfHidden = copies + (2 * size);
        rest.Memory = copies + (3 * size);
        rest.LastMemory = copies + (4 * size);
        rest.OfMemory = copies + (5 * size);
        rest.Gates = copies + (6 * size);
        rest.Projected = rest.Gates + (TCell.Gates * size);
        rest.OfRecurrent = rest.Projected + (TCell.Gates * size);
        RestOfRow<T> parts = new(whole, units);
        parts.Load(row.Hidden, rest.Hidden, 1);
        parts.Load(row.LastHidden, rest.LastHidden, 1);
        parts.Load(row.OfHidden, rest.OfHidden, 1);
        parts.Load(row.Memory, rest.Memory, 1);
        parts.Load(row.LastMemory, rest.LastMemory, 1);
        parts.Load(row.OfMemory, rest.OfMemory, 1);
        if (TCell.KeepsGates)
        {
            parts.Load(row.Gates, rest.Gates, TCell.Gates);
        }

        TCell.Backward(rest);
        parts.Store(rest.Projected, row.Projected, TCell.Gates);
        if (TCell.Splits)
        {
            parts.Store(rest.OfRecurrent, row.OfRecurrent, TCell.Gates);
        }
    }
}
