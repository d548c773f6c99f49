using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Attentions;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Cuts attention into pieces, by its shapes alone.</summary>
internal static unsafe class AttentionKernels
{
    // So many pieces keep a machine of several cores busy.
    private const int FewPieces = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Attention>((op, inputs, outputs) => LaneDispatch.Run(outputs[0].DataType, new ForwardBody(op, inputs, outputs)));
        CpuBackend.Register<AttentionGradient>((op, inputs, outputs) => LaneDispatch.Run(outputs[0].DataType, new BackwardBody(op, inputs, outputs)));
    }

    private readonly struct ForwardBody(Attention op, Tensor[] inputs, Tensor[] outputs) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            AttentionCall<T> call = new(op, inputs);
            T* means = outputs[0].Pointer<T>();
            T* sums = outputs[1].Pointer<T>();
            if (call.Queries <= RowPieces<T, TVector, TLanes>.MostQueries)
            {
                WorkerPool.Run(call.Batch * call.Heads, new RowPieces<T, TVector, TLanes>(call, means, sums));
                return;
            }

            int pairs = call.Batch * call.KeyHeads;
            int blocks = (call.Queries + ForwardPieces<T, TVector, TLanes>.BlockQueries - 1) / ForwardPieces<T, TVector, TLanes>.BlockQueries;
            int splits = Math.Clamp(FewPieces / Math.Max(1, pairs), 1, Math.Max(1, blocks / 2));
            WorkerPool.Run(pairs * splits, new ForwardPieces<T, TVector, TLanes>(call, splits, means, sums));
        }
    }

    private readonly struct BackwardBody(AttentionGradient op, Tensor[] inputs, Tensor[] outputs) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            AttentionCall<T> call = new(op.Forward, inputs);
            WorkerPool.Run(call.Batch * call.KeyHeads, new BackwardPieces<T, TVector, TLanes>(call, new BackwardTensors<T>(inputs, outputs)));
        }
    }
}
