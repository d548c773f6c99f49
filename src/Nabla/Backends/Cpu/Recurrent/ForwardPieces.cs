
namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>All steps of some sequences of a batch, forward.</summary>
internal readonly unsafe struct ForwardPieces<T, TProduct, TCell>(
    bool reverse, StateChange change, Tensor[] inputs, Tensor[] outputs, TProduct product, T* bias, int* lookups) : IPieceBody
    where T : unmanaged
    where TProduct : struct, IRecurrentProduct<T>
    where TCell : struct, ICellKernel
{
    public void Run(int piece)
    {
        (int batch, int time, int units) = (outputs[0].Shape[0], outputs[0].Shape[1], outputs[0].Shape[2]);
        int first = piece * RecurrentForward.RowsPerPiece;
        int rows = Math.Min(RecurrentForward.RowsPerPiece, batch - first);
        T* memory = Scratch.Get<T>(ScratchUse.RecurrentState, ForwardSteps<T, TProduct, TCell>.Size(rows, units));
        ForwardSteps<T, TProduct, TCell> steps = new(reverse, change, inputs, outputs, product, bias, lookups, first, rows, memory);
        steps.Begin();
        for (int step = 0; step < time; step++)
        {
            steps.Run(step, 0, RecurrentForward.Padded<T>(units));
        }
    }
}
