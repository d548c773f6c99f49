using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Nabla.Ops.Indexing;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Adds up rows of the same index: each sum is computed by one thread, in the order of the rows.</summary>
internal static unsafe class RowSumKernel
{
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<SumRows>((op, inputs, outputs) =>
    {
        int* indices = Indices.Checked(op, inputs[1], op.Size + 1);
        ElementTypes.Floating(outputs[0].DataType, new Body(op, inputs[0], indices, inputs[1].ElementCount, outputs));
    });

    private readonly struct Body(SumRows op, Tensor rows, int* indices, int count, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int most = outputs[1].ElementCount;
            if (most == 0)
            {
                return;
            }

            int* found = outputs[1].Pointer<int>();
            RowOrder order = RowOrder.Of(indices, count, op.Size, found, most);
            int inner = outputs[0].ElementCount / most;
            int together = Math.Max(1, PieceElements / Math.Max(1, inner));
            int written = op.Fills ? most : order.Groups;
            Pieces<T> pieces = new(rows.Pointer<T>(), order, found, op.Blank ?? op.Size, outputs[0].Pointer<T>(), written, inner, together);
            WorkerPool.Run((written + together - 1) / together, pieces);
        }
    }

    private readonly struct Pieces<T>(T* rows, RowOrder order, int* found, int blank, T* target, int written, int inner, int together) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            int end = Math.Min(written, (piece + 1) * together);
            for (int sum = piece * together; sum < end; sum++)
            {
                Span<T> result = new(target + ((nint)sum * inner), inner);
                if (sum >= order.Groups || found[sum] == blank)
                {
                    result.Clear();
                    continue;
                }

                ReadOnlySpan<int> positions = order.Positions(sum);
                Row(positions[0]).CopyTo(result);
                foreach (int position in positions[1..])
                {
                    TensorPrimitives.Add(result, Row(position), result);
                }
            }
        }

        private ReadOnlySpan<T> Row(int position) => new(rows + ((nint)position * inner), inner);
    }
}
