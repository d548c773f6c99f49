// Sequences of a batch need nothing of each other, so a piece is some sequences for all their steps: no thread waits for another between steps.
// The few sequences of a small batch are one piece, and two threads share each of its steps.
// At each step one product with the packed kernel gives the recurrent sums of all gates of the piece, and one walk makes states of them; states,
// sums and kernel stay in the second-level cache. The gradients of kernel and bias are large products and sums outside.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Indexing;
using Nabla.Ops.Recurrent;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Runs recurrent networks over time, forward and backward.</summary>
internal static unsafe class RecurrenceKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Recurrence>((op, inputs, outputs) => Run(op.Cell, new ForwardCall(op, inputs, outputs, null), outputs[0].DataType));
        CpuBackend.Register<CompiledRecurrence>((op, inputs, outputs) =>
        {
            int* lookups = op.LooksUp ? Indices.Checked(op, inputs[^1], inputs[0].Shape[0]) : null;
            Run(op.Steps.Cell, new ForwardCall(op.Steps, inputs, outputs, lookups), outputs[0].DataType);
        });
        CpuBackend.Register<RecurrenceGradient>((op, inputs, outputs) =>
            Run(op.Cell, new BackwardCall(op.Reverse, op.Drops, inputs, outputs), outputs[0].DataType));
    }

    private static void Run<TCall>(RecurrentCell cell, TCall call, DataType dataType)
        where TCall : struct, IRecurrentCall
    {
        switch (cell)
        {
            case RecurrentCell.Tanh: Run<SimpleKernel<TanhState>, TCall>(call, dataType); break;
            case RecurrentCell.Relu: Run<SimpleKernel<ReluState>, TCall>(call, dataType); break;
            case RecurrentCell.Lstm: Run<LstmKernel, TCall>(call, dataType); break;
            default: Run<GruKernel, TCall>(call, dataType); break;
        }
    }

    private static void Run<TCell, TCall>(TCall call, DataType dataType)
        where TCell : struct, ICellKernel
        where TCall : struct, IRecurrentCall => LaneDispatch.Run(dataType, new CellCall<TCell, TCall>(call));

    /// <summary>A pass in one direction, for any cell.</summary>
    private interface IRecurrentCall
    {
        void Run<T, TVector, TLanes, TCell>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
            where TCell : struct, ICellKernel;
    }

    private readonly struct CellCall<TCell, TCall>(TCall call) : ILaneBody
        where TCell : struct, ICellKernel
        where TCall : struct, IRecurrentCall
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector> => call.Run<T, TVector, TLanes, TCell>();
    }

    private readonly struct ForwardCall(Recurrence op, Tensor[] inputs, Tensor[] outputs, int* lookups) : IRecurrentCall
    {
        private StateChange Change => op.RoundsStates ? StateChange.Round : op.Drops ? StateChange.Mask : StateChange.None;

        public void Run<T, TVector, TLanes, TCell>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
            where TCell : struct, ICellKernel
        {
            (int batch, int units) = (outputs[0].Shape[0], outputs[0].Shape[2]);
            int padded = RecurrentForward.Padded<T>(units);
            nint size = RecurrentWeights<T, TVector, TLanes>.Size(units, TCell.Gates * padded);
            T* packed = Scratch.Get<T>(ScratchUse.PackedWeights, size + (TCell.Gates * padded));
            T* bias = packed + size;
            RecurrentForward.PadBias(inputs[2], TCell.Gates, units, bias);
            RecurrentWeights<T, TVector, TLanes> weights =
                RecurrentWeights<T, TVector, TLanes>.Forward(inputs[1].Pointer<T>(), units, padded, TCell.Gates, batch, outputs[0].Shape[1], packed);
            RecurrentForward.Run<T, RecurrentWeights<T, TVector, TLanes>, TCell>(op.Reverse, Change, inputs, outputs, weights, bias, lookups);
        }
    }

    private readonly struct BackwardCall(bool reverse, bool drops, Tensor[] inputs, Tensor[] outputs) : IRecurrentCall
    {
        public void Run<T, TVector, TLanes, TCell>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
            where TCell : struct, ICellKernel
        {
            (int batch, int units) = (inputs[4].Shape[0], inputs[4].Shape[2]);
            int padded = RecurrentForward.Padded<T>(units);
            T* packed = Scratch.Get<T>(ScratchUse.PackedWeights, RecurrentWeights<T, TVector, TLanes>.Size(TCell.Gates * padded, padded));
            RecurrentWeights<T, TVector, TLanes> weights =
                RecurrentWeights<T, TVector, TLanes>.Backward(inputs[0].Pointer<T>(), units, padded, TCell.Gates, packed);
            WorkerPool.Run(RecurrentForward.Pieces(batch), new BackwardPiece<T, TVector, TLanes, TCell>(reverse, drops, inputs, outputs, weights, RecurrentForward.RowsPerPiece));
        }
    }
}
