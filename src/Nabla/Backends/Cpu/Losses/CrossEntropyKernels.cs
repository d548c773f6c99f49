// A row of logits is walked twice: for its maximum, and for the sum of exp(x - maximum) together with what label smoothing needs. The gradient
// walks it once more, with the logarithm of that sum known. Sums run in the lanes of one 64-byte vector that are added at the end in order, the
// same on every machine; what hangs over the last vector is masked. Rows are cut into pieces by shape alone.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;

namespace Nabla.Backends.Cpu.Losses;

/// <summary>Computes the cross-entropy of softmax rows and its gradient.</summary>
internal static unsafe class CrossEntropyKernels
{
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<SoftmaxCrossEntropy>((op, inputs, outputs) =>
        {
            Labels labels = new(inputs[1], inputs[0].Shape[-1], op.LabelSmoothing, op.IgnoreIndex);
            if (inputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(labels.Pieces, new LossRows<float>(labels, inputs, outputs));
            }
            else
            {
                WorkerPool.Run(labels.Pieces, new LossRows<double>(labels, inputs, outputs));
            }
        });
        CpuBackend.Register<SoftmaxCrossEntropyGradient>((op, inputs, outputs) =>
        {
            Labels labels = new(inputs[2], inputs[0].Shape[-1], op.LabelSmoothing, op.IgnoreIndex);
            if (inputs[0].DataType == DataType.Float32)
            {
                WorkerPool.Run(labels.Pieces, new GradientRows<float>(labels, inputs, outputs[0]));
            }
            else
            {
                WorkerPool.Run(labels.Pieces, new GradientRows<double>(labels, inputs, outputs[0]));
            }
        });
    }

    /// <summary>The sum of the lanes, from the first to the last.</summary>
    private static T SumLanes<T>(Vector512<T> lanes)
        where T : unmanaged, INumberBase<T>
    {
        T sum = T.Zero;
        for (int lane = 0; lane < Vector512<T>.Count; lane++)
        {
            sum += lanes.GetElement(lane);
        }

        return sum;
    }

    /// <summary>The labels and how the rows that they belong to are cut.</summary>
    private readonly struct Labels(Tensor labels, int classes, double smoothing, int? ignored)
    {
        private readonly int* labels = labels.Pointer<int>();

        public int Rows { get; } = labels.ElementCount;

        public int Classes => classes;

        public double Smoothing => smoothing;

        public int RowsPerPiece { get; } = Math.Max(1, PieceElements / Math.Max(1, classes));

        public int Pieces => (Rows + RowsPerPiece - 1) / RowsPerPiece;

        /// <summary>The label of a row, checked; -1 when it is ignored.</summary>
        public int this[int row]
        {
            get
            {
                int label = labels[row];
                return label == ignored ? -1 : label >= 0 && label < classes
                    ? label
                    : throw new ArgumentException($"The cross-entropy expects labels from 0 to {classes - 1} but got {label} in row {row}.");
            }
        }
    }

    private readonly struct LossRows<T>(Labels labels, Tensor[] inputs, Tensor[] outputs) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T* logits = inputs[0].Pointer<T>();
        private readonly T* classWeights = inputs.Length > 2 ? inputs[2].Pointer<T>() : null;
        private readonly T* losses = outputs[0].Pointer<T>();
        private readonly T* logSumExps = outputs[1].Pointer<T>();
        private readonly T* weights = outputs[2].Pointer<T>();

        public void Run(int piece)
        {
            int end = Math.Min(labels.Rows, (piece + 1) * labels.RowsPerPiece);
            for (int row = piece * labels.RowsPerPiece; row < end; row++)
            {
                int label = labels[row];
                T* x = logits + ((nint)row * labels.Classes);
                T maximum = Maximum(x, labels.Classes);
                (T sum, T total) = Sums(x, labels.Classes, maximum, labels.Smoothing != 0);
                T logarithm = T.Log(sum);
                logSumExps[row] = maximum + logarithm;
                T weight = weights[row] = label < 0 ? T.Zero : classWeights == null ? T.One : classWeights[label];
                losses[row] = T.IsZero(weight) ? T.Zero : weight * Loss(x[label] - maximum, total, logarithm);
            }
        }

        private T Loss(T ofLabel, T total, T logarithm)
        {
            if (labels.Smoothing == 0)
            {
                return logarithm - ofLabel;
            }

            T smoothing = T.CreateTruncating(labels.Smoothing);
            return logarithm - ((T.One - smoothing) * ofLabel) - (smoothing / T.CreateTruncating(labels.Classes) * total);
        }

        private static T Maximum(T* x, int count)
        {
            Vector512<T> lanes = Vector512.Create(*x);
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                lanes = Vector512.Max(lanes, Vector512.Load(x + index));
            }

            if (index < count)
            {
                lanes = Vector512.Max(lanes, Rows.LoadFirst(x + index, count - index));
            }

            T maximum = lanes.GetElement(0);
            for (int lane = 1; lane < Vector512<T>.Count; lane++)
            {
                maximum = T.Max(maximum, lanes.GetElement(lane));
            }

            return maximum;
        }

        /// <summary>The sums of exp(x - maximum) and, if wanted, of x - maximum.</summary>
        private static (T Exponentials, T Total) Sums(T* x, int count, T maximum, bool withTotal)
        {
            Vector512<T> shift = Vector512.Create(maximum);
            Vector512<T> exponentials = Vector512<T>.Zero;
            Vector512<T> total = Vector512<T>.Zero;
            for (int index = 0; index < count; index += Vector512<T>.Count)
            {
                int rest = count - index;
                bool whole = rest >= Vector512<T>.Count;
                Vector512<T> shifted = (whole ? Vector512.Load(x + index) : Rows.LoadFirst(x + index, rest)) - shift;
                Vector512<T> raised = default(Exp).Invoke(shifted);
                Vector512<T> mask = whole ? Vector512<T>.AllBitsSet : FirstLanes(rest);
                exponentials += raised & mask;
                total = withTotal ? total + (shifted & mask) : total;
            }

            return (SumLanes(exponentials), SumLanes(total));
        }

        private static Vector512<T> FirstLanes(int count) =>
            Vector512.LessThan(Vector512.CreateSequence(T.Zero, T.One), Vector512.Create(T.CreateTruncating(count)));
    }

    private readonly struct GradientRows<T>(Labels labels, Tensor[] inputs, Tensor output) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T* logits = inputs[0].Pointer<T>();
        private readonly T* logSumExps = inputs[1].Pointer<T>();
        private readonly T* scales = inputs[3].Pointer<T>();
        private readonly T* gradient = output.Pointer<T>();

        public void Run(int piece)
        {
            int end = Math.Min(labels.Rows, (piece + 1) * labels.RowsPerPiece);
            for (int row = piece * labels.RowsPerPiece; row < end; row++)
            {
                int label = labels[row];
                nint start = (nint)row * labels.Classes;
                if (label < 0 || T.IsZero(scales[row]))
                {
                    new Span<T>(gradient + start, labels.Classes).Clear();
                }
                else
                {
                    Row(logits + start, gradient + start, logSumExps[row], scales[row]);
                    gradient[start + label] -= T.CreateTruncating(1 - labels.Smoothing) * scales[row];
                }
            }
        }

        private void Row(T* x, T* result, T logSumExp, T scale)
        {
            Vector512<T> shift = Vector512.Create(logSumExp);
            Vector512<T> scales = Vector512.Create(scale);
            Vector512<T> everywhere = Vector512.Create(T.CreateTruncating(labels.Smoothing / labels.Classes));
            int count = labels.Classes;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                ((default(Exp).Invoke(Vector512.Load(x + index) - shift) - everywhere) * scales).Store(result + index);
            }

            if (index < count)
            {
                Last(x + index, result + index, count - index, shift, everywhere, scales);
            }
        }

        // Apart, so that the exponential is expanded once in the loop above and in full.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Last(T* x, T* result, int count, Vector512<T> shift, Vector512<T> everywhere, Vector512<T> scales) =>
            Rows.StoreFirst((default(Exp).Invoke(Rows.LoadFirst(x, count) - shift) - everywhere) * scales, result, count);
    }
}
