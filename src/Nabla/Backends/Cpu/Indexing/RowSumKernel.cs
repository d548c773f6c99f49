// Rows are put in the order of their indices by counting, eleven bits of the index at a time, lowest first: rows of one index keep their order. Then
// each sum is computed by one thread. The cost grows with the rows, not with the table.
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Nabla.Ops.Indexing;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Adds up rows of the same index.</summary>
internal static unsafe class RowSumKernel
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<SumRows>((op, inputs, outputs) =>
    {
        int* indices = Indices.Checked(op, inputs[1], op.Size + 1);
        ElementTypes.Floating(outputs[0].DataType, new Body(op.Size, inputs[0], indices, inputs[1].ElementCount, outputs));
    });

    private readonly struct Body(int size, Tensor rows, int* indices, int count, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int most = outputs[1].ElementCount;
            if (most == 0)
            {
                return;
            }

            int* order = Scratch.Get<int>(ScratchUse.Terms, 2 * (nint)count);
            int* starts = Scratch.Get<int>(ScratchUse.TermCounts, Math.Max(most + 1, Digits));
            order = Sort(order, order + count, starts);
            int sums = FindSums(order, starts, outputs[1].Pointer<int>(), most);
            int inner = outputs[0].ElementCount / most;
            int together = Math.Max(1, PieceElements / Math.Max(1, inner));
            WorkerPool.Run((most + together - 1) / together, new Pieces<T>(rows.Pointer<T>(), order, starts, sums, outputs[0].Pointer<T>(), most, inner, together));
        }

        /// <summary>The positions of the rows in the order of their indices.</summary>
        private int* Sort(int* order, int* spare, int* places)
        {
            for (int position = 0; position < count; position++)
            {
                order[position] = position;
            }

            for (int shift = 0; size >> shift > 0; shift += DigitBits)
            {
                new Span<int>(places, Digits).Clear();
                for (int position = 0; position < count; position++)
                {
                    places[(indices[position] >> shift) & (Digits - 1)]++;
                }

                int before = 0;
                for (int digit = 0; digit < Digits; digit++)
                {
                    (places[digit], before) = (before, before + places[digit]);
                }

                for (int position = 0; position < count; position++)
                {
                    spare[places[(indices[order[position]] >> shift) & (Digits - 1)]++] = order[position];
                }

                int* sorted = spare;
                spare = order;
                order = sorted;
            }

            return order;
        }

        /// <summary>Where the rows of each sum begin, and behind the last one where they end; returns the number of sums.</summary>
        private int FindSums(int* order, int* starts, int* found, int most)
        {
            int sums = 0;
            int position = 0;
            for (; position < count && indices[order[position]] < size; position++)
            {
                int index = indices[order[position]];
                if (sums == 0 || found[sums - 1] != index)
                {
                    starts[sums] = position;
                    found[sums++] = index;
                }
            }

            starts[sums] = position;
            new Span<int>(found + sums, most - sums).Fill(size);
            return sums;
        }
    }

    private readonly struct Pieces<T>(T* rows, int* order, int* starts, int sums, T* target, int most, int inner, int together) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            int end = Math.Min(most, (piece + 1) * together);
            for (int sum = piece * together; sum < end; sum++)
            {
                Span<T> result = new(target + ((nint)sum * inner), inner);
                if (sum >= sums)
                {
                    result.Clear();
                    continue;
                }

                Row(starts[sum]).CopyTo(result);
                for (int position = starts[sum] + 1; position < starts[sum + 1]; position++)
                {
                    TensorPrimitives.Add(result, Row(position), result);
                }
            }
        }

        private ReadOnlySpan<T> Row(int position) => new(rows + ((nint)order[position] * inner), inner);
    }
}
