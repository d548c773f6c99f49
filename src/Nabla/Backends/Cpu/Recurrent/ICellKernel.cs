namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The elementwise part of a recurrent step.</summary>
internal interface ICellKernel
{
    static abstract int Gates { get; }

    /// <summary>Whether there is a cell beside the state.</summary>
    static abstract bool HasCell { get; }

    /// <summary>Whether the gradients of projected inputs and of recurrent products differ.</summary>
    static abstract bool Splits { get; }

    /// <summary>Whether the forward pass writes gates and memory.</summary>
    static abstract bool KeepsGates { get; }

    static abstract void Forward<T>(in GateRow<T> row)
        where T : unmanaged;

    /// <summary>Leaves in the state's gradient what does not go through the recurrent product.</summary>
    static abstract void Backward<T>(in GateRow<T> row)
        where T : unmanaged;
}
