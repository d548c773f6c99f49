using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Computes the softmax's logarithm, and the logarithm of sums of exponentials.</summary>
internal static unsafe class SoftmaxKernels
{
    private const int RowsPerPiece = 64;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<LogSoftmax>((_, inputs, outputs) => ElementTypes.Floating(outputs[0].DataType, new Body(inputs[0], outputs[0], sumsOnly: false)));
        CpuBackend.Register<LogSumExp>((_, inputs, outputs) => ElementTypes.Floating(outputs[0].DataType, new Body(inputs[0], outputs[0], sumsOnly: true)));
    }

    private readonly struct Body(Tensor input, Tensor output, bool sumsOnly) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int classes = input.Shape[-1];
            int rows = input.Shape.Product(0, input.Rank - 1);
            WorkerPool.Run((rows + RowsPerPiece - 1) / RowsPerPiece, new Rows<T>(input.Pointer<T>(), output.Pointer<T>(), rows, classes, sumsOnly));
        }
    }

    private readonly struct Rows<T>(T* input, T* output, int rows, int classes, bool sumsOnly) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            int end = Math.Min(rows, (piece + 1) * RowsPerPiece);
            for (int row = piece * RowsPerPiece; row < end; row++)
            {
                ReadOnlySpan<T> logits = new(input + ((nint)row * classes), classes);
                (T largest, T logarithm) = Sum(logits);
                if (sumsOnly)
                {
                    output[row] = largest + logarithm;
                }
                else
                {
                    Subtract(logits, largest, logarithm, new Span<T>(output + ((nint)row * classes), classes));
                }
            }
        }

        private static (T Largest, T Logarithm) Sum(ReadOnlySpan<T> logits)
        {
            T largest = T.NegativeInfinity;
            foreach (T logit in logits)
            {
                largest = T.Max(largest, logit);
            }

            if (T.IsInfinity(largest))
            {
                return (largest, T.Zero);
            }

            T sum = T.Zero;
            foreach (T logit in logits)
            {
                sum += T.Exp(logit - largest);
            }

            return (largest, T.Log(sum));
        }

        private static void Subtract(ReadOnlySpan<T> logits, T largest, T logarithm, Span<T> result)
        {
            for (int index = 0; index < logits.Length; index++)
            {
                result[index] = logits[index] - largest - logarithm;
            }
        }
    }
}
