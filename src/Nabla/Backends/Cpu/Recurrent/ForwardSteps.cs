using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>
/// The steps of some sequences, forward. A step may be cut into ranges of units: it reads the states of the step before in one place and writes
/// its own in another.
/// </summary>
/// <param name="reverse">Whether the steps run from the last to the first.</param>
/// <param name="change">What is done to states before they are multiplied.</param>
/// <param name="inputs">The inputs of the op.</param>
/// <param name="outputs">The results of the op: the states, and the memory and the gates where they are kept.</param>
/// <param name="product">The product with the kernel.</param>
/// <param name="bias">The recurrent bias, each gate a whole number of vectors long.</param>
/// <param name="lookups">Of each step the row of a table that its projected input is; null where the first input has one for each step.</param>
/// <param name="first">The first sequence.</param>
/// <param name="rows">How many there are.</param>
/// <param name="memory">Working memory of <see cref="Size"/> elements.</param>
internal readonly unsafe struct ForwardSteps<T, TProduct, TCell>(
    bool reverse, StateChange change, Tensor[] inputs, Tensor[] outputs, TProduct product, T* bias, int* lookups, int first, int rows, T* memory)
    where T : unmanaged
    where TProduct : struct, IRecurrentProduct<T>
    where TCell : struct, ICellKernel
{
    private readonly int time = outputs[0].Shape[1];
    private readonly int units = outputs[0].Shape[2];
    private readonly int padded = RecurrentForward.Padded<T>(outputs[0].Shape[2]);

    private int Width => TCell.Gates * padded;

    private T* Cells => memory + (2 * (nint)rows * padded);

    private T* Sums => memory + (3 * (nint)rows * padded);

    /// <summary>Of two steps the states as they are multiplied, and the mask.</summary>
    private T* Changed => Sums + ((nint)rows * Width);

    private T* Mask => Changed + (2 * (nint)rows * padded);

    /// <summary>Room for the memory and the gates of a row that nobody keeps.</summary>
    private T* Unkept => Mask + ((nint)rows * padded);

    /// <summary>The working memory of some sequences.</summary>
    public static nint Size(int rows, int units) => (((nint)rows * (6 + TCell.Gates)) + 1 + TCell.Gates) * RecurrentForward.Padded<T>(units);

    /// <summary>Takes over the first states.</summary>
    public void Begin()
    {
        new Span<T>(memory, 3 * rows * padded).Clear();
        for (int row = 0; row < rows; row++)
        {
            Row(inputs[4], first + row).CopyTo(new Span<T>(memory + ((nint)row * padded), units));
            Row(inputs[TCell.HasCell ? 5 : 4], first + row).CopyTo(new Span<T>(Cells + ((nint)row * padded), units));
            if (change == StateChange.Mask)
            {
                new Span<T>(Mask + ((nint)row * padded), padded).Clear();
                Row(inputs[^1], first + row).CopyTo(new Span<T>(Mask + ((nint)row * padded), units));
            }

            Change(row, 0, 0, padded);
        }
    }

    /// <summary>Computes the units from <paramref name="begin"/> to <paramref name="end"/>, which are at whole panels, of all sequences.</summary>
    public void Run(int step, int begin, int end)
    {
        T* last = memory + ((step & 1) * (nint)rows * padded);
        T* next = memory + ((~step & 1) * (nint)rows * padded);
        int place = reverse ? time - 1 - step : step;
        if (AnyLives(place))
        {
            T* multiplied = change == StateChange.None ? last : Changed + ((step & 1) * (nint)rows * padded);
            product.Multiply(first, rows, multiplied, padded, Sums, bias, begin, end);
        }

        for (int row = 0; row < rows; row++)
        {
            RunRow(row, place, last + ((nint)row * padded), next + ((nint)row * padded), begin, end);
            Change(row, ~step & 1, begin, end);
        }
    }

    // Behind the ends of all sequences there is nothing to multiply.
    private bool AnyLives(int place)
    {
        foreach (int length in new ReadOnlySpan<int>(inputs[3].Pointer<int>() + first, rows))
        {
            if (place < length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes of the states of a step what is multiplied.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="side">Which of the two places of states.</param>
    /// <param name="begin">The first unit.</param>
    /// <param name="end">The end of the units.</param>
    private void Change(int row, int side, int begin, int end)
    {
        nint at = (((nint)side * rows) + row) * padded;
        switch (change)
        {
            case StateChange.Mask:
                Drop(memory + at, Changed + at, begin, end, Mask + ((nint)row * padded));
                break;
            case StateChange.Round:
                float scale = RoundedStates.ScaleOf(MemoryMarshal.Cast<T, float>(Row(inputs[4], first + row)));
                RoundedStates.Round((float*)(memory + at) + begin, (float*)(Changed + at) + begin, end - begin, scale);
                break;
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
            Projected = inputs[0].Pointer<T>() + ((lookups is null ? at : lookups[at]) * TCell.Gates * units),
            Hidden = outputs[0].Pointer<T>() + (at * units),
        };
        if (TCell.KeepsGates)
        {
            work.Memory = outputs.Length > 1 ? outputs[1].Pointer<T>() + (at * units) : Unkept;
            work.Gates = outputs.Length > 2 ? outputs[2].Pointer<T>() + (at * TCell.Gates * units) : Unkept + padded;
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
