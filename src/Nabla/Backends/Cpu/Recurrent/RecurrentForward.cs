using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>The forward pass of a recurrent network with any product and cell.</summary>
internal static unsafe class RecurrentForward
{
    /// <summary>The sequences of a piece.</summary>
    public const int RowsPerPiece = 16;

    /// <summary>The pieces of a batch.</summary>
    public static int Pieces(int batch) => (batch + RowsPerPiece - 1) / RowsPerPiece;

    /// <summary>The elements of a gate in working memory.</summary>
    public static int Padded<T>(int units) => (units + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

    /// <summary>Copies a bias so that each gate has whole vectors.</summary>
    public static void PadBias<T>(Tensor bias, int gates, int units, T* target)
        where T : unmanaged
    {
        int padded = Padded<T>(units);
        new Span<T>(target, gates * padded).Clear();
        for (int gate = 0; gate < gates; gate++)
        {
            new Span<T>(bias.Pointer<T>() + (gate * units), units).CopyTo(new Span<T>(target + (gate * padded), units));
        }
    }

    /// <summary>Runs all steps of all sequences.</summary>
    /// <param name="reverse">Whether the steps run from the last to the first.</param>
    /// <param name="change">What is done to states before they are multiplied.</param>
    /// <param name="inputs">The inputs of the op.</param>
    /// <param name="outputs">The states, and the memory and the gates where they are kept.</param>
    /// <param name="product">The product with the kernel.</param>
    /// <param name="bias">The padded bias.</param>
    /// <param name="lookups">Of each step the row of a table that its projected input is; null where the first input has one for each step.</param>
    public static void Run<T, TProduct, TCell>(bool reverse, StateChange change, Tensor[] inputs, Tensor[] outputs, TProduct product, T* bias, int* lookups = null)
        where T : unmanaged
        where TProduct : struct, IRecurrentProduct<T>
        where TCell : struct, ICellKernel
    {
        (int batch, int time, int units) = (outputs[0].Shape[0], outputs[0].Shape[1], outputs[0].Shape[2]);
        if (batch > RowsPerPiece || !ForwardHalves<T, TProduct, TCell>.Fit(units))
        {
            WorkerPool.Run(Pieces(batch), new ForwardPieces<T, TProduct, TCell>(reverse, change, inputs, outputs, product, bias, lookups));
            return;
        }

        T* memory = Scratch.Get<T>(ScratchUse.RecurrentState, ForwardSteps<T, TProduct, TCell>.Size(batch, units));
        ForwardSteps<T, TProduct, TCell> steps = new(reverse, change, inputs, outputs, product, bias, lookups, 0, batch, memory);
        steps.Begin();
        StepPair pair = default;
        WorkerPool.Run(2, new ForwardHalves<T, TProduct, TCell>(steps, time, Padded<T>(units), &pair));
    }
}
