// A tensor is seen as [outer, length, inner]. Without inner elements a run is a row: the lanes of one vector take the largest
// element and the sum of exponentials, and are combined at the end. With inner elements a run is a strip of columns, one a lane. Rows of few
// elements are turned around, as many of them as there are lanes, and then are such a strip.
// Exponentials are stored as they are made, and scaled while they are still in the cache.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>What a softmax kernel gives.</summary>
internal enum SoftmaxForm
{
    /// <summary>exp(x) / sum.</summary>
    Probabilities,

    /// <summary>x - log(sum).</summary>
    Logarithms,

    /// <summary>log(sum).</summary>
    Sum,
}

/// <summary>Computes the softmax, its logarithm, and the logarithm of sums of exponentials.</summary>
internal static unsafe class SoftmaxKernels
{
    private const int PieceElements = 1 << 12;
    private const int MostOfShortRow = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Softmax>((op, inputs, outputs) => Run(op.Axis, SoftmaxForm.Probabilities, inputs[0], outputs[0]));
        CpuBackend.Register<LogSoftmax>((op, inputs, outputs) => Run(op.Axis, SoftmaxForm.Logarithms, inputs[0], outputs[0]));
        CpuBackend.Register<LogSumExp>((op, inputs, outputs) => Run(op.Axis, SoftmaxForm.Sum, inputs[0], outputs[0]));
    }

    private static void Run(int axis, SoftmaxForm form, Tensor input, Tensor output) => ElementTypes.Floating(input.DataType, new Body(axis, form, input, output));

    private readonly struct Body(int axis, SoftmaxForm form, Tensor input, Tensor output) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            AxisRuns runs = AxisRuns.Of(input.Shape, axis, Vector512<T>.Count, PieceElements);
            WorkerPool.Run(runs.Pieces, new Pieces<T>(runs, form, input.Pointer<T>(), output.Pointer<T>()));
        }
    }

    private readonly struct Pieces<T>(AxisRuns runs, SoftmaxForm form, T* input, T* output) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int piece)
        {
            if (runs.Inner == 1 && runs.Length is > 0 and <= MostOfShortRow)
            {
                ShortRows(runs.First(piece), runs.End(piece));
                return;
            }

            for (long run = runs.First(piece); run < runs.End(piece); run++)
            {
                (long source, long target, int columns) = runs.Find(run);
                T* result = output + (form == SoftmaxForm.Sum ? target : source);
                if (runs.Inner == 1)
                {
                    Along(input + source, result);
                }
                else
                {
                    Down(input + source, result, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Along(T* x, T* y)
        {
            int width = Vector512<T>.Count;
            int whole = runs.Length & -width;
            int rest = runs.Length - whole;
            Vector512<T> last = rest > 0 ? Elementwise.Rows.LoadFirst(x + whole, rest) : Vector512.Create(T.NegativeInfinity);
            Vector512<T> lanes = last;
            for (int index = 0; index < whole; index += width)
            {
                lanes = Vector512.Max(lanes, Vector512.Load(x + index));
            }

            T largest = Lanes512.MaxAcross(lanes);
            T shift = T.IsInfinity(largest) ? T.Zero : largest;
            Vector512<T> shifts = Vector512.Create(shift);
            last = Exponential.Exp(last - shifts) & Lanes512.First<T>(rest);
            T sum = Lanes512.SumAcross(last + SumAlong(x, y, shifts, whole));
            switch (form)
            {
                case SoftmaxForm.Sum:
                    *y = shift + T.Log(sum);
                    break;
                case SoftmaxForm.Probabilities:
                    Scale(y, Vector512.Create(T.One / sum), whole, last, rest);
                    break;
                default:
                    Subtract(x, y, shifts, Vector512.Create(T.Log(sum)), whole, rest);
                    break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private Vector512<T> SumAlong(T* x, T* y, Vector512<T> shift, int whole)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int index = 0; index < whole; index += Vector512<T>.Count)
            {
                Vector512<T> exponential = Exponential.Exp(Vector512.Load(x + index) - shift);
                sum += exponential;
                if (form == SoftmaxForm.Probabilities)
                {
                    exponential.Store(y + index);
                }
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Scale(T* y, Vector512<T> factor, int whole, Vector512<T> last, int rest)
        {
            for (int index = 0; index < whole; index += Vector512<T>.Count)
            {
                (Vector512.Load(y + index) * factor).Store(y + index);
            }

            if (rest > 0)
            {
                Elementwise.Rows.StoreFirst(last * factor, y + whole, rest);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Subtract(T* x, T* y, Vector512<T> shift, Vector512<T> logarithm, int whole, int rest)
        {
            for (int index = 0; index < whole; index += Vector512<T>.Count)
            {
                (Vector512.Load(x + index) - shift - logarithm).Store(y + index);
            }

            if (rest > 0)
            {
                Elementwise.Rows.StoreFirst(Elementwise.Rows.LoadFirst(x + whole, rest) - shift - logarithm, y + whole, rest);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void ShortRows(long first, long end)
        {
            int width = Vector512<T>.Count;
            int results = form == SoftmaxForm.Sum ? 1 : runs.Length;
            T* lanes = stackalloc T[width * MostOfShortRow];
            new Span<T>(lanes, width * runs.Length).Clear();
            for (long run = first; run < end; run += width)
            {
                int rows = (int)Math.Min(width, end - run);
                Turn(input + (run * runs.Length), runs.Length, 1, lanes, 1, width, rows, runs.Length);
                AlongLanes(lanes, width);
                Turn(lanes, 1, width, output + (run * results), results, 1, rows, results);
            }
        }

        private static void Turn(T* source, int sourceRow, int sourceColumn, T* target, int targetRow, int targetColumn, int rows, int columns)
        {
            for (int column = 0; column < columns; column++, source += sourceColumn, target += targetColumn)
            {
                for (int row = 0; row < rows; row++)
                {
                    target[row * targetRow] = source[row * sourceRow];
                }
            }
        }

        // A row a lane; what comes out stands where what went in did.
        private void AlongLanes(T* lanes, int width)
        {
            Vector512<T> largest = Vector512.Load(lanes);
            for (int index = 1; index < runs.Length; index++)
            {
                largest = Vector512.Max(largest, Vector512.Load(lanes + (index * width)));
            }

            Vector512<T> shift = Vector512.ConditionalSelect(Vector512.IsInfinity(largest), Vector512<T>.Zero, largest);
            Vector512<T> sum = Vector512<T>.Zero;
            for (int index = 0; index < runs.Length; index++)
            {
                Vector512<T> exponential = Exponential.Exp(Vector512.Load(lanes + (index * width)) - shift);
                sum += exponential;
                if (form == SoftmaxForm.Probabilities)
                {
                    exponential.Store(lanes + (index * width));
                }
            }

            if (form == SoftmaxForm.Sum)
            {
                (shift + Logarithm.Log(sum)).Store(lanes);
                return;
            }

            Vector512<T> factor = form == SoftmaxForm.Probabilities ? Vector512<T>.One / sum : Logarithm.Log(sum);
            for (int index = 0; index < runs.Length; index++)
            {
                Vector512<T> value = Vector512.Load(lanes + (index * width));
                (form == SoftmaxForm.Probabilities ? value * factor : value - shift - factor).Store(lanes + (index * width));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Down(T* x, T* y, int columns)
        {
            Vector512<T> largest = Vector512.Create(T.NegativeInfinity);
            for (int row = 0; row < runs.Length; row++)
            {
                largest = Vector512.Max(largest, runs.Load(x, row, columns));
            }

            Vector512<T> shift = Vector512.ConditionalSelect(Vector512.IsInfinity(largest), Vector512<T>.Zero, largest);
            Vector512<T> sum = Vector512<T>.Zero;
            for (int row = 0; row < runs.Length; row++)
            {
                Vector512<T> exponential = Exponential.Exp(runs.Load(x, row, columns) - shift);
                sum += exponential;
                if (form == SoftmaxForm.Probabilities)
                {
                    runs.Store(exponential, y, row, columns);
                }
            }

            if (form == SoftmaxForm.Sum)
            {
                runs.Store(shift + Logarithm.Log(sum), y, 0, columns);
                return;
            }

            Vector512<T> factor = form == SoftmaxForm.Probabilities ? Vector512<T>.One / sum : Logarithm.Log(sum);
            for (int row = 0; row < runs.Length; row++)
            {
                runs.Store(form == SoftmaxForm.Probabilities ? runs.Load(y, row, columns) * factor : runs.Load(x, row, columns) - shift - factor, y, row, columns);
            }
        }
    }
}
