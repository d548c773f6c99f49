using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>All steps of some sequences of a batch, forward.</summary>
internal readonly unsafe struct ForwardPieces<T, TVector, TLanes, TCell>(
    bool reverse, bool drops, Tensor[] inputs, Tensor[] outputs, RecurrentWeights<T, TVector, TLanes> weights, T* bias, int rowsPerPiece) : IPieceBody
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
        T* memory = Scratch.Get<T>(ScratchUse.RecurrentState, ForwardSteps<T, TVector, TLanes, TCell>.Size(rows, units));
        ForwardSteps<T, TVector, TLanes, TCell> steps = new(reverse, drops, inputs, outputs, weights, bias, first, rows, memory);
        steps.Begin();
        for (int step = 0; step < time; step++)
        {
            steps.Run(step, 0, ForwardSteps<T, TVector, TLanes, TCell>.Padded(units));
        }
    }
}
