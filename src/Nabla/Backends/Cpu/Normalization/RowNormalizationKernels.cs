// A row stays in the first-level cache from its mean to its result. Sums along a row run in the lanes of one 64-byte vector and are added in a
// fixed order. The gradients of scale and bias are summed over the rows of a piece, then over pieces in order; pieces follow from the shape.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Ops.Normalizations;

namespace Nabla.Backends.Cpu.Normalization;

/// <summary>Normalises rows, forward and backward.</summary>
internal static unsafe class RowNormalizationKernels
{
    private const int PieceElements = 1 << 13;
    private const int LeastRowsOfSums = 32;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<RowNormalization>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new ForwardBody(op, inputs, outputs)));
        CpuBackend.Register<RowNormalizationGradient>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new BackwardBody(op, inputs, outputs)));
    }

    private static int Pieces(int rows, int rowsPerPiece) => (rows + rowsPerPiece - 1) / rowsPerPiece;

    // Halves are added until four lanes or two are left, which are added in order.
    private static T SumLanes<T>(Vector512<T> lanes)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector256<T> half = lanes.GetLower() + lanes.GetUpper();
        Vector128<T> quarter = half.GetLower() + half.GetUpper();
        T sum = quarter.GetElement(0);
        for (int lane = 1; lane < Vector128<T>.Count; lane++)
        {
            sum += quarter.GetElement(lane);
        }

        return sum;
    }

    private readonly struct ForwardBody(RowNormalization op, Tensor[] inputs, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int channels = inputs[0].Shape[-1];
            int rows = inputs[0].ElementCount / channels;
            int rowsPerPiece = Math.Max(1, PieceElements / channels);
            WorkerPool.Run(Pieces(rows, rowsPerPiece), new Forward<T>(op, inputs, outputs, rows, rowsPerPiece));
        }
    }

    private readonly struct BackwardBody(RowNormalizationGradient op, Tensor[] inputs, Tensor[] outputs) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int channels = inputs[0].Shape[-1];
            int rows = inputs[0].ElementCount / channels;
            int rowsPerPiece = Math.Max(LeastRowsOfSums, PieceElements / channels);
            int pieces = Pieces(rows, rowsPerPiece);
            ChannelRows<T> sums = new(2 * channels);
            nint elements = (nint)pieces * 2 * channels;
            T* partial = Scratch.Get<T>(ScratchUse.PartialSums, elements + sums.Width + (2 * channels));
            T* wide = partial + elements;
            WorkerPool.Run(pieces, new Backward<T>(op, inputs, outputs[0], partial, rows, rowsPerPiece));
            new Span<T>(wide, sums.Width).Clear();
            sums.Walk(elements, new SumStep<T>(partial, wide));
            T* total = wide + sums.Width;
            sums.Fold(wide, total, T.One);
            new ReadOnlySpan<T>(total, channels).CopyTo(outputs[1].Writable<T>());
            new ReadOnlySpan<T>(total + channels, channels).CopyTo(outputs[2].Writable<T>());
        }
    }

    private readonly struct Forward<T>(RowNormalization op, Tensor[] inputs, Tensor[] outputs, int rows, int rowsPerPiece) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T epsilon = T.CreateTruncating(op.Epsilon);
        private readonly bool centered = op.Centered;
        private readonly int channels = inputs[0].Shape[-1];
        private readonly T* x = inputs[0].Pointer<T>();
        private readonly T* scale = inputs[1].Pointer<T>();
        private readonly T* bias = inputs[2].Pointer<T>();
        private readonly T* y = outputs[0].Pointer<T>();
        private readonly T* means = outputs[1].Pointer<T>();
        private readonly T* variances = outputs[2].Pointer<T>();
        private readonly bool streams = Streaming.PaysBeside(outputs[0], inputs[0]);

        public void Run(int piece)
        {
            int end = Math.Min(rows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                T* source = x + ((nint)row * channels);
                means[row] = centered ? Average(source, T.Zero, squares: false) : T.Zero;
                variances[row] = Average(source, means[row], squares: true);
                Scale(source, means[row], T.One / T.Sqrt(variances[row] + epsilon), y + ((nint)row * channels));
            }

            if (streams)
            {
                Streaming.End();
            }
        }

        // The mean of the elements, or of the squares of what they differ by from a mean. Four sums take turns, since each must wait for the one before.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private T Average(T* source, T mean, bool squares)
        {
            int width = Vector512<T>.Count;
            Vector512<T> shift = Vector512.Create(mean);
            (Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) = (Vector512<T>.Zero, Vector512<T>.Zero, Vector512<T>.Zero, Vector512<T>.Zero);
            int index = 0;
            for (; index <= channels - (4 * width); index += 4 * width)
            {
                a += Term(Vector512.Load(source + index), shift, squares);
                b += Term(Vector512.Load(source + index + width), shift, squares);
                c += Term(Vector512.Load(source + index + (2 * width)), shift, squares);
                d += Term(Vector512.Load(source + index + (3 * width)), shift, squares);
            }

            for (; index <= channels - width; index += width)
            {
                a += Term(Vector512.Load(source + index), shift, squares);
            }

            T sum = SumLanes(a + b + (c + d));
            for (; index < channels; index++)
            {
                sum += squares ? (source[index] - mean) * (source[index] - mean) : source[index];
            }

            return sum / T.CreateTruncating(channels);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<T> Term(Vector512<T> x, Vector512<T> shift, bool squares) => squares ? (x - shift) * (x - shift) : x;

        private void Scale(T* source, T mean, T inverse, T* target)
        {
            bool past = streams && Streaming.CanBegin(target);
            int index = 0;
            for (; index <= channels - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512<T> normalized = (Vector512.Load(source + index) - Vector512.Create(mean)) * inverse;
                Streaming.Store((normalized * Vector512.Load(scale + index)) + Vector512.Load(bias + index), target + index, past);
            }

            for (; index < channels; index++)
            {
                target[index] = ((source[index] - mean) * inverse * scale[index]) + bias[index];
            }
        }
    }

    private readonly struct Backward<T>(RowNormalizationGradient op, Tensor[] inputs, Tensor output, T* partial, int rows, int rowsPerPiece) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T epsilon = T.CreateTruncating(op.Epsilon);
        private readonly bool centered = op.Centered;
        private readonly int channels = inputs[0].Shape[-1];
        private readonly T* x = inputs[0].Pointer<T>();
        private readonly T* scale = inputs[1].Pointer<T>();
        private readonly T* means = inputs[2].Pointer<T>();
        private readonly T* variances = inputs[3].Pointer<T>();
        private readonly T* cotangents = inputs[4].Pointer<T>();
        private readonly T* result = output.Pointer<T>();
        private readonly bool streams = Streaming.PaysBeside(output, inputs[0]) && Streaming.PaysBeside(output, inputs[4]);

        public void Run(int piece)
        {
            T* slope = partial + ((nint)piece * 2 * channels);
            new Span<T>(slope, 2 * channels).Clear();
            int end = Math.Min(rows, (piece + 1) * rowsPerPiece);
            T perChannel = T.One / T.CreateTruncating(channels);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                nint start = (nint)row * channels;
                T inverse = T.One / T.Sqrt(variances[row] + epsilon);
                (T sum, T product) = Sums(x + start, cotangents + start, means[row], inverse, slope, slope + channels);
                InputGradient(x + start, cotangents + start, means[row], inverse, centered ? sum * perChannel : T.Zero, product * perChannel, result + start);
            }

            if (streams)
            {
                Streaming.End();
            }
        }

        // The sums of dy * scale and of dy * scale * normalized along the row, while slope += dy * normalized and bias += dy.
        private (T Sum, T Product) Sums(T* source, T* cotangent, T mean, T inverse, T* slope, T* bias)
        {
            (Vector512<T> sums, Vector512<T> products) = (Vector512<T>.Zero, Vector512<T>.Zero);
            int index = 0;
            for (; index <= channels - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512<T> change = Vector512.Load(cotangent + index);
                Vector512<T> normalized = (Vector512.Load(source + index) - Vector512.Create(mean)) * inverse;
                Vector512<T> scaled = change * Vector512.Load(scale + index);
                sums += scaled;
                products += scaled * normalized;
                (Vector512.Load(slope + index) + (change * normalized)).Store(slope + index);
                (Vector512.Load(bias + index) + change).Store(bias + index);
            }

            (T sum, T product) = (SumLanes(sums), SumLanes(products));
            for (; index < channels; index++)
            {
                T normalized = (source[index] - mean) * inverse;
                sum += cotangent[index] * scale[index];
                product += cotangent[index] * scale[index] * normalized;
                slope[index] += cotangent[index] * normalized;
                bias[index] += cotangent[index];
            }

            return (sum, product);
        }

        private void InputGradient(T* source, T* cotangent, T mean, T inverse, T meanOfScaled, T meanOfProduct, T* target)
        {
            bool past = streams && Streaming.CanBegin(target);
            int index = 0;
            for (; index <= channels - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512<T> normalized = (Vector512.Load(source + index) - Vector512.Create(mean)) * inverse;
                Vector512<T> scaled = Vector512.Load(cotangent + index) * Vector512.Load(scale + index);
                Streaming.Store((scaled - Vector512.Create(meanOfScaled) - (normalized * meanOfProduct)) * inverse, target + index, past);
            }

            for (; index < channels; index++)
            {
                T normalized = (source[index] - mean) * inverse;
                target[index] = ((cotangent[index] * scale[index]) - meanOfScaled - (normalized * meanOfProduct)) * inverse;
            }
        }
    }
}
