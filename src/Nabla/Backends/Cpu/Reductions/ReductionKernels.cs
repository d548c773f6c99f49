// A reduction sees [outer, reduced, inner]. With inner elements the sums go down the rows, one lane a column; without, along
// the row in the lanes of one 64-byte vector, which are added at the end: both orders are the same on every machine. A long
// reduced axis under few results is cut into slices of fixed length, whose sums are added in order.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Computes sums over axes and the softmax's logarithm.</summary>
internal static unsafe class ReductionKernels
{
    private const int SliceElements = 1 << 14;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Sum>((op, inputs, outputs) =>
        {
            if (outputs[0].DataType == DataType.Float32)
            {
                Sum<float>(op, inputs[0], outputs[0]);
            }
            else
            {
                Sum<double>(op, inputs[0], outputs[0]);
            }
        });
        CpuBackend.Register<LogSoftmax>((_, inputs, outputs) =>
        {
            if (outputs[0].DataType == DataType.Float32)
            {
                LogSoftmax<float>(inputs[0], outputs[0]);
            }
            else
            {
                LogSoftmax<double>(inputs[0], outputs[0]);
            }
        });
    }

    private static void Sum<T>(Sum op, Tensor input, Tensor output)
        where T : unmanaged, INumberBase<T>
    {
        int outer = input.Shape.Product(0, op.First);
        int reduced = input.Shape.Product(op.First, op.Last + 1);
        int inner = input.Shape.Product(op.Last + 1, input.Rank);
        int sliceLength = Math.Max(1, SliceElements / Math.Max(1, inner));
        int slices = Math.Max(1, (reduced + sliceLength - 1) / sliceLength);
        if (slices == 1)
        {
            WorkerPool.Run(outer, new Slice<T>(input.Pointer<T>(), output.Pointer<T>(), reduced, inner, reduced, 1));
            return;
        }

        Storage partial = Storage.Allocate((long)outer * slices * inner * sizeof(T));
        T* sums = (T*)partial.Pointer;
        WorkerPool.Run(outer * slices, new Slice<T>(input.Pointer<T>(), sums, reduced, inner, sliceLength, slices));
        WorkerPool.Run(outer, new Slice<T>(sums, output.Pointer<T>(), slices, inner, slices, 1));
        GC.KeepAlive(partial);
    }

    private static void LogSoftmax<T>(Tensor input, Tensor output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int classes = input.Shape[-1];
        int rows = classes == 0 ? 0 : input.ElementCount / classes;
        const int RowsPerPiece = 64;
        T* x = input.Pointer<T>();
        T* y = output.Pointer<T>();
        WorkerPool.Run((rows + RowsPerPiece - 1) / RowsPerPiece, new LogSoftmaxRows<T>(x, y, rows, classes, RowsPerPiece));
    }

    private readonly struct Slice<T>(T* input, T* output, int reduced, int inner, int length, int slices) : IPieceBody
        where T : unmanaged, INumberBase<T>
    {
        public void Run(int piece)
        {
            (int outer, int slice) = Math.DivRem(piece, slices);
            int first = slice * length;
            int count = Math.Min(length, reduced - first);
            T* source = input + ((((nint)outer * reduced) + first) * inner);
            T* target = output + ((nint)piece * inner);
            if (inner == 1)
            {
                *target = Along(source, count);
            }
            else
            {
                Down(source, count, target);
            }
        }

        private static T Along(T* source, int count)
        {
            Vector512<T> lanes = Vector512<T>.Zero;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                lanes += Vector512.Load(source + index);
            }

            T sum = T.Zero;
            for (int lane = 0; lane < Vector512<T>.Count; lane++)
            {
                sum += lanes.GetElement(lane);
            }

            for (; index < count; index++)
            {
                sum += source[index];
            }

            return sum;
        }

        private void Down(T* source, int count, T* target)
        {
            int column = 0;
            for (; column <= inner - Vector512<T>.Count; column += Vector512<T>.Count)
            {
                Vector512<T> sum = Vector512<T>.Zero;
                for (int row = 0; row < count; row++)
                {
                    sum += Vector512.Load(source + ((nint)row * inner) + column);
                }

                sum.Store(target + column);
            }

            for (; column < inner; column++)
            {
                T sum = T.Zero;
                for (int row = 0; row < count; row++)
                {
                    sum += source[((nint)row * inner) + column];
                }

                target[column] = sum;
            }
        }
    }

    private readonly struct LogSoftmaxRows<T>(T* input, T* output, int rows, int classes, int rowsPerPiece) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            int end = Math.Min(rows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                Row(new ReadOnlySpan<T>(input + ((nint)row * classes), classes), new Span<T>(output + ((nint)row * classes), classes));
            }
        }

        private static void Row(ReadOnlySpan<T> logits, Span<T> result)
        {
            T largest = logits[0];
            foreach (T logit in logits)
            {
                largest = T.Max(largest, logit);
            }

            T sum = T.Zero;
            foreach (T logit in logits)
            {
                sum += T.Exp(logit - largest);
            }

            T logarithm = T.Log(sum);
            for (int index = 0; index < logits.Length; index++)
            {
                result[index] = logits[index] - largest - logarithm;
            }
        }
    }
}
