// Sequences of a batch need nothing of each other, so a piece is some sequences for all their steps: no thread waits for another between steps.
// The few sequences of a small batch are one piece, and two threads share each of its steps.
// At each step one product with the packed kernel gives the recurrent sums of all gates of the piece, and one walk makes states of them; states,
// sums and kernel stay in the second-level cache. The gradients of kernel and bias are large products and sums outside.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Recurrent;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Runs recurrent networks over time, forward and backward.</summary>
internal static unsafe class RecurrenceKernels
{
    private const int RowsPerPiece = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Recurrence>((op, inputs, outputs) => Run(op.Cell, new ForwardCall(op.Reverse, op.Drops, inputs, outputs), outputs[0].DataType));
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
        where TCall : struct, IRecurrentCall
    {
        if (dataType == DataType.Float32)
        {
            LaneDispatch.Run<float, CellCall<TCell, TCall>>(new(call), Lanes.Widest);
        }
        else
        {
            LaneDispatch.Run<double, CellCall<TCell, TCall>>(new(call), Lanes.Widest);
        }
    }

    private static int Pieces(int batch) => (batch + RowsPerPiece - 1) / RowsPerPiece;

    private static int Padded<T>(int units) => (units + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

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

    private readonly struct ForwardCall(bool reverse, bool drops, Tensor[] inputs, Tensor[] outputs) : IRecurrentCall
    {
        public void Run<T, TVector, TLanes, TCell>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
            where TCell : struct, ICellKernel
        {
            (int batch, int units) = (outputs[0].Shape[0], outputs[0].Shape[2]);
            int padded = Padded<T>(units);
            nint size = RecurrentWeights<T, TVector, TLanes>.Size(units, TCell.Gates * padded);
            T* packed = Scratch.Get<T>(ScratchUse.PackedWeights, size + (TCell.Gates * padded));
            T* bias = packed + size;
            new Span<T>(bias, TCell.Gates * padded).Clear();
            for (int gate = 0; gate < TCell.Gates; gate++)
            {
                new Span<T>(inputs[2].Pointer<T>() + (gate * units), units).CopyTo(new Span<T>(bias + (gate * padded), units));
            }

            RecurrentWeights<T, TVector, TLanes> weights =
                RecurrentWeights<T, TVector, TLanes>.Forward(inputs[1].Pointer<T>(), units, padded, TCell.Gates, batch, outputs[0].Shape[1], packed);
            if (batch <= RowsPerPiece && ForwardHalves<T, TVector, TLanes, TCell>.Fit(units))
            {
                RunHalves<T, TVector, TLanes, TCell>(weights, bias);
            }
            else
            {
                WorkerPool.Run(Pieces(batch), new ForwardPieces<T, TVector, TLanes, TCell>(reverse, drops, inputs, outputs, weights, bias, RowsPerPiece));
            }
        }

        private void RunHalves<T, TVector, TLanes, TCell>(RecurrentWeights<T, TVector, TLanes> weights, T* bias)
            where T : unmanaged
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
            where TCell : struct, ICellKernel
        {
            (int batch, int time, int units) = (outputs[0].Shape[0], outputs[0].Shape[1], outputs[0].Shape[2]);
            T* memory = Scratch.Get<T>(ScratchUse.RecurrentState, ForwardSteps<T, TVector, TLanes, TCell>.Size(batch, units));
            ForwardSteps<T, TVector, TLanes, TCell> steps = new(reverse, drops, inputs, outputs, weights, bias, 0, batch, memory);
            steps.Begin();
            StepPair pair = default;
            WorkerPool.Run(2, new ForwardHalves<T, TVector, TLanes, TCell>(steps, time, Padded<T>(units), &pair));
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
            int padded = Padded<T>(units);
            T* packed = Scratch.Get<T>(ScratchUse.PackedWeights, RecurrentWeights<T, TVector, TLanes>.Size(TCell.Gates * padded, padded));
            RecurrentWeights<T, TVector, TLanes> weights =
                RecurrentWeights<T, TVector, TLanes>.Backward(inputs[0].Pointer<T>(), units, padded, TCell.Gates, packed);
            WorkerPool.Run(Pieces(batch), new BackwardPiece<T, TVector, TLanes, TCell>(reverse, drops, inputs, outputs, weights, RowsPerPiece));
        }
    }
}
