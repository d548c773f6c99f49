namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>
/// Units of one sequence at one step, forward or backward: whole vectors from <see cref="Begin"/> to <see cref="End"/>. Working memory has a gate
/// every <see cref="Padded"/> elements, tensors every <see cref="Stride"/>.
/// </summary>
internal unsafe struct GateRow<T>
    where T : unmanaged
{
    public int Begin;
    public int End;
    public int Padded;
    public int Stride;

    /// <summary>The recurrent products of the step; backward, their gradients.</summary>
    public T* Recurrent;

    /// <summary>The last state in working memory; backward, the state's gradient.</summary>
    public T* State;

    /// <summary>Forward: where the new state goes in working memory.</summary>
    public T* Next;

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
}
