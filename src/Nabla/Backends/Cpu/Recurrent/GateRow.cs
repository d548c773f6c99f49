using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>One sequence at one step, forward or backward. Rows in working memory have whole vectors a gate, those of tensors need not.</summary>
internal unsafe struct GateRow<T>
    where T : unmanaged
{
    public int Units;
    public int Padded;

    /// <summary>The recurrent products of the step; backward, their gradients.</summary>
    public T* Recurrent;

    /// <summary>The state in working memory; backward, its gradient.</summary>
    public T* State;

    /// <summary>The cell in working memory; backward, its gradient.</summary>
    public T* Cell;

    /// <summary>The projected input; backward, its gradient.</summary>
    public T* Projected;

    public T* Hidden;
    public T* Memory;
    public T* Gates;

    /// <summary>Backward: what the step began with, the cotangents, and the gradients of the recurrent products if they are a result.</summary>
    public T* LastHidden;
    public T* LastMemory;
    public T* OfHidden;
    public T* OfMemory;
    public T* OfRecurrent;

    /// <summary>Whole vectors, or what is left of a row with zeros behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<T> Load(T* row, int unit) =>
        unit + Vector512<T>.Count <= Units ? Vector512.Load(row + unit) : LoadRest(row + unit, Units - unit);

    /// <summary>Writes a whole vector, or what is left of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Vector512<T> value, T* row, int unit)
    {
        if (unit + Vector512<T>.Count <= Units)
        {
            value.Store(row + unit);
        }
        else
        {
            StoreRest(value, row + unit, Units - unit);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<T> LoadRest(T* source, int count)
    {
        Vector512<T> value = default;
        Unsafe.CopyBlockUnaligned(&value, source, (uint)(count * sizeof(T)));
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreRest(Vector512<T> value, T* target, int count) => Unsafe.CopyBlockUnaligned(target, &value, (uint)(count * sizeof(T)));
}
