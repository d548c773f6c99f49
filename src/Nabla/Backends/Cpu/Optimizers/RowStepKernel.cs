// The whole table is walked once, with the rows that have a gradient where the others have a row of zeros: the numbers of a whole gradient without
// one in memory. A lazy step walks over the rows that have one alone.
using System.Runtime.CompilerServices;
using Nabla.Ops.Optimizers;

namespace Nabla.Backends.Cpu.Optimizers;

/// <summary>Computes the steps of optimizers for tables of which some rows have a gradient.</summary>
internal static unsafe class RowStepKernel
{
    private const int PieceElements = 1 << 13;
    private const int Zeros = 1 << 11;

    [ThreadStatic]
    private static Dispatch? t_dispatch;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<RowStep>((op, inputs, outputs) => (t_dispatch ??= new Dispatch()).Run(op, inputs, outputs));

    // Where a lazy step does not write over what it reads.
    private static void CopyAll(RowStep op, Tensor[] inputs, Tensor[] outputs)
    {
        for (int output = 0; output < outputs.Length; output++)
        {
            Tensor source = inputs[output == 0 ? 0 : OptimizerStep.FirstSlot + output - 1];
            if (op.Lazy && source.Pointer<byte>() != outputs[output].Pointer<byte>())
            {
                Buffer.MemoryCopy(source.Pointer<byte>(), outputs[output].Pointer<byte>(), source.Type.ByteCount, source.Type.ByteCount);
            }
        }
    }

    private sealed class Dispatch : IUpdateVisitor
    {
        private bool lazy;
        private Tensor[] inputs = [];
        private Tensor[] outputs = [];

        public void Run(RowStep op, Tensor[] arguments, Tensor[] results)
        {
            CopyAll(op, arguments, results);
            (lazy, inputs, outputs) = (op.Lazy, arguments, results);
            op.Step.Accept(this);
            (inputs, outputs) = ([], []);
        }

        public void Visit<TRule>(TRule rule)
            where TRule : struct, IUpdateRule
        {
            if (inputs[0].DataType == DataType.Float32)
            {
                Run<float, TRule>(rule);
            }
            else
            {
                Run<double, TRule>(rule);
            }
        }

        private void Run<T, TRule>(TRule rule)
            where T : unmanaged
            where TRule : struct, IUpdateRule
        {
            int rows = inputs[lazy ? 1 : 0].Shape[0];
            int inner = inputs[0].ElementCount / Math.Max(1, inputs[0].Shape[0]);
            int together = Math.Max(1, PieceElements / Math.Max(1, inner));
            int pieces = (rows + together - 1) / together;
            if (lazy)
            {
                WorkerPool.Run(pieces, new TouchedRows<T, TRule>(rule, inputs, outputs, inner, together));
            }
            else
            {
                WorkerPool.Run(pieces, new AllRows<T, TRule>(rule, inputs, outputs, inner, together));
            }
        }
    }

    private readonly struct TouchedRows<T, TRule>(TRule rule, Tensor[] inputs, Tensor[] outputs, int inner, int together) : IPieceBody
        where T : unmanaged
        where TRule : struct, IUpdateRule
    {
        private readonly int size = inputs[0].Shape[0];
        private readonly int most = inputs[1].Shape[0];
        private readonly T* rows = inputs[1].Pointer<T>();
        private readonly int* indices = inputs[^1].Pointer<int>();

        public void Run(int piece)
        {
            UpdateLoop<T, TRule> loop = new(rule, inputs, 0, outputs, 0);
            int end = Math.Min(most, (piece + 1) * together);
            for (int row = piece * together; row < end && indices[row] < size; row++)
            {
                int start = indices[row] * inner;
                loop.Run(start, start + inner, rows + ((nint)row * inner) - start);
            }
        }
    }

    private readonly struct AllRows<T, TRule>(TRule rule, Tensor[] inputs, Tensor[] outputs, int inner, int together) : IPieceBody
        where T : unmanaged
        where TRule : struct, IUpdateRule
    {
        private readonly int size = inputs[0].Shape[0];
        private readonly int most = inputs[1].Shape[0];
        private readonly T* rows = inputs[1].Pointer<T>();
        private readonly int* indices = inputs[^1].Pointer<int>();

        public void Run(int piece)
        {
            UpdateLoop<T, TRule> loop = new(rule, inputs, 0, outputs, 0);
            T* zeros = Scratch.Get<T>(ScratchUse.Tiles, Zeros);
            new Span<T>(zeros, Zeros).Clear();
            int end = Math.Min(size, (piece + 1) * together);
            int next = FirstFrom(piece * together);
            for (int row = piece * together; row < end;)
            {
                int touched = next < most ? Math.Min(indices[next], end) : end;
                RunZeros(loop, zeros, row * inner, touched * inner);
                if (touched < end)
                {
                    int start = touched * inner;
                    loop.Run(start, start + inner, rows + ((nint)next * inner) - start);
                    next++;
                }

                row = touched + 1;
            }
        }

        private static void RunZeros(in UpdateLoop<T, TRule> loop, T* zeros, int start, int end)
        {
            for (int at = start; at < end; at += Zeros)
            {
                loop.Run(at, Math.Min(at + Zeros, end), zeros - at);
            }
        }

        private int FirstFrom(int row)
        {
            int found = new ReadOnlySpan<int>(indices, most).BinarySearch(row);

            // Indices differ but for those behind the table, which no row is.
            return found < 0 ? ~found : found;
        }
    }
}
