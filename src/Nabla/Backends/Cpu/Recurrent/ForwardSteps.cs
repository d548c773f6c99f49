using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>
/// The steps of some sequences, forward. A step may be cut into ranges of units: it reads the states of the step before in one place and writes
/// its own in another.
/// </summary>
/// <param name="reverse">Whether the steps run from the last to the first.</param>
/// <param name="drops">Whether the last input is a mask of the state.</param>
/// <param name="inputs">The inputs of the op.</param>
/// <param name="outputs">The results of the op.</param>
/// <param name="weights">The packed kernel.</param>
/// <param name="bias">The recurrent bias, each gate a whole number of vectors long.</param>
/// <param name="first">The first sequence.</param>
/// <param name="rows">How many there are.</param>
/// <param name="memory">Working memory of <see cref="Size"/> elements.</param>
internal readonly unsafe struct ForwardSteps<T, TVector, TLanes, TCell>(
    bool reverse, bool drops, Tensor[] inputs, Tensor[] outputs, RecurrentWeights<T, TVector, TLanes> weights, T* bias, int first, int rows, T* memory)
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
    where TCell : struct, ICellKernel
{
    private readonly int time = outputs[0].Shape[1];
    private readonly int units = outputs[0].Shape[2];
    private readonly int padded = Padded(outputs[0].Shape[2]);

    private int Width => TCell.Gates * padded;

    private T* Cells => memory + (2 * (nint)rows * padded);

    private T* Sums => memory + (3 * (nint)rows * padded);

    /// <summary>Of two steps the states times the mask, and the mask.</summary>
    private T* Dropped => Sums + ((nint)rows * Width);

    private T* Mask => Dropped + (2 * (nint)rows * padded);

    /// <summary>The elements of a gate in working memory.</summary>
    public static int Padded(int units) => (units + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

    /// <summary>The working memory of some sequences.</summary>
    public static nint Size(int rows, int units) => (nint)rows * (6 + TCell.Gates) * Padded(units);

    /// <summary>Takes over the first states.</summary>
    public void Begin()
    {
        new Span<T>(memory, 3 * rows * padded).Clear();
        for (int row = 0; row < rows; row++)
        {
            Row(inputs[4], first + row).CopyTo(new Span<T>(memory + ((nint)row * padded), units));
            Row(inputs[TCell.HasCell ? 5 : 4], first + row).CopyTo(new Span<T>(Cells + ((nint)row * padded), units));
            if (drops)
            {
                new Span<T>(Mask + ((nint)row * padded), padded).Clear();
                Row(inputs[^1], first + row).CopyTo(new Span<T>(Mask + ((nint)row * padded), units));
            }
        }

        if (drops)
        {
            Drop(memory, Dropped, 0, rows * padded, Mask);
        }
    }

    /// <summary>Computes the units from <paramref name="begin"/> to <paramref name="end"/>, which are at whole panels, of all sequences.</summary>
    public void Run(int step, int begin, int end)
    {
        T* last = memory + ((step & 1) * (nint)rows * padded);
        T* next = memory + ((~step & 1) * (nint)rows * padded);
        T* multiplied = drops ? Dropped + ((step & 1) * (nint)rows * padded) : last;
        if (end - begin == padded)
        {
            weights.Multiply(rows, multiplied, padded, Sums, Width, bias, 0, Width);
        }
        else
        {
            for (int gate = 0; gate < TCell.Gates; gate++)
            {
                weights.Multiply(rows, multiplied, padded, Sums, Width, bias, (gate * padded) + begin, (gate * padded) + end);
            }
        }

        int place = reverse ? time - 1 - step : step;
        for (int row = 0; row < rows; row++)
        {
            RunRow(row, place, last + ((nint)row * padded), next + ((nint)row * padded), begin, end);
            if (drops)
            {
                nint at = (nint)row * padded;
                Drop(next + at, Dropped + ((~step & 1) * (nint)rows * padded) + at, begin, end, Mask + at);
            }
        }
    }

    private static void Drop(T* states, T* target, int begin, int end, T* mask)
    {
        for (int unit = begin; unit < end; unit += Vector512<T>.Count)
        {
            (Vector512.Load(states + unit) * Vector512.Load(mask + unit)).Store(target + unit);
        }
    }

    private static Span<T> Row(Tensor states, int row) => new(states.Pointer<T>() + ((nint)row * states.Shape[1]), states.Shape[1]);

    private void RunRow(int row, int place, T* last, T* next, int begin, int end)
    {
        nint at = ((nint)(first + row) * time) + place;
        GateRow<T> work = new()
        {
            Begin = begin,
            End = Math.Min(end, units / Vector512<T>.Count * Vector512<T>.Count),
            Padded = padded,
            Stride = units,
            Recurrent = Sums + ((nint)row * Width),
            State = last,
            Next = next,
            Cell = Cells + ((nint)row * padded),
            Projected = inputs[0].Pointer<T>() + (at * TCell.Gates * units),
            Hidden = outputs[0].Pointer<T>() + (at * units),
        };
        if (TCell.KeepsGates)
        {
            work.Memory = outputs[1].Pointer<T>() + (at * units);
            work.Gates = outputs[2].Pointer<T>() + (at * TCell.Gates * units);
        }

        if (place >= inputs[3].Pointer<int>()[first + row])
        {
            Keep(work, Math.Min(end, units));
            return;
        }

        TCell.Forward(work);
        if (end > units)
        {
            RunRest(work);
        }
    }

    /// <summary>A step behind the end of a sequence: states and cells stay.</summary>
    private static void Keep(in GateRow<T> row, int end)
    {
        (int begin, int count) = (row.Begin, end - row.Begin);
        new Span<T>(row.State + begin, count).CopyTo(new Span<T>(row.Next + begin, count));
        new Span<T>(row.State + begin, count).CopyTo(new Span<T>(row.Hidden + begin, count));
        for (int gate = 0; gate < TCell.Gates && TCell.KeepsGates; gate++)
        {
            new Span<T>(row.Gates + (gate * row.Stride) + begin, count).Clear();
        }

        if (TCell.HasCell)
        {
            new Span<T>(row.Cell + begin, count).CopyTo(new Span<T>(row.Memory + begin, count));
        }
        else if (TCell.KeepsGates)
        {
            new Span<T>(row.Memory + begin, count).Clear();
        }
    }

    /// <summary>The units behind the last whole vector, in copies that have one.</summary>
    [SkipLocalsInit]
    private void RunRest(GateRow<T> row)
    {
        int whole = row.End;
        int size = Vector512<T>.Count;
        T* copies = stackalloc T[((2 * TCell.Gates) + 2) * size];
        GateRow<T> rest = row;
        (rest.Begin, rest.End, rest.Stride) = (0, size, size);
        rest.Recurrent = row.Recurrent + whole;
        rest.State = row.State + whole;
        rest.Next = row.Next + whole;
        rest.Cell = row.Cell + whole;
        rest.Hidden = copies;
        rest.Memory = copies + size;
        rest.Projected = copies + (2 * size);
        rest.Gates = copies + ((2 + TCell.Gates) * size);
        RestOfRow<T> parts = new(whole, units);
        parts.Load(row.Projected, rest.Projected, TCell.Gates);
        TCell.Forward(rest);
        parts.Store(rest.Hidden, row.Hidden, 1);
        if (TCell.KeepsGates)
        {
            parts.Store(rest.Memory, row.Memory, 1);
            parts.Store(rest.Gates, row.Gates, TCell.Gates);
        }

        // What lies behind the last unit is multiplied by nothing, but it must not grow.
        new Span<T>(rest.Next + (units - whole), size - (units - whole)).Clear();
        new Span<T>(rest.Cell + (units - whole), size - (units - whole)).Clear();
    }
}
