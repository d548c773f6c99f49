using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Indexing;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Reads each row of a table that indices name once.</summary>
internal static unsafe class DistinctRowsKernel
{
    private const int PieceElements = 1 << 14;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<DistinctRows>((op, inputs, outputs) =>
    {
        int size = inputs[0].Shape[0], most = outputs[1].ElementCount, count = inputs[1].ElementCount;
        int* indices = Indices.Checked(op, inputs[1], size);
        if (most == 0)
        {
            return;
        }

        RowOrder order = RowOrder.Of(indices, count, size, outputs[1].Pointer<int>(), most);
        WritePlaces(order, outputs[2].Pointer<int>());
        ElementTypes.Floating(outputs[0].DataType, new Body(op.Blank ?? size, inputs[0], outputs, order.Groups));
    });

    private static void WritePlaces(RowOrder order, int* places)
    {
        for (int group = 0; group < order.Groups; group++)
        {
            foreach (int position in order.Positions(group))
            {
                places[position] = group;
            }
        }
    }

    private readonly struct Body(int blank, Tensor table, Tensor[] outputs, int groups) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            (int most, int width) = (outputs[0].Shape[0], outputs[0].Shape[1]);
            int together = Math.Max(1, PieceElements / Math.Max(1, width));
            WorkerPool.Run(
                (most + together - 1) / together,
                new Pieces<T>(table.Pointer<T>(), outputs[1].Pointer<int>(), outputs[0].Pointer<T>(), groups, blank, most, width, together));
        }
    }

    private readonly struct Pieces<T>(T* table, int* found, T* target, int groups, int blank, int most, int width, int together) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            int end = Math.Min(most, (piece + 1) * together);
            for (int row = piece * together; row < end; row++)
            {
                Span<T> result = new(target + ((nint)row * width), width);
                if (row >= groups || found[row] == blank)
                {
                    result.Clear();
                }
                else
                {
                    new ReadOnlySpan<T>(table + ((nint)found[row] * width), width).CopyTo(result);
                }
            }
        }
    }
}
