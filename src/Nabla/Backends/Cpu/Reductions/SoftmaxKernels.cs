// A tensor is seen as [outer, length, inner]. Without inner elements a run is a row: the lanes of one vector take the largest
// element and the sum of exponentials, and are combined at the end. With inner elements a run is a strip of columns, one a lane.
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
    private const int PieceElements = 1 << 13;

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

        private void Along(T* x, T* y)
        {
            int length = runs.Length;
            Vector512<T> lanes = Vector512.Create(T.NegativeInfinity);
            for (int index = 0; index < length; index += Vector512<T>.Count)
            {
                lanes = Vector512.Max(lanes, Part(x, index));
            }

            T largest = Lanes512.MaxAcross(lanes);
            T shift = T.IsInfinity(largest) ? T.Zero : largest;
            T sum = SumAlong(x, y, Vector512.Create(shift));
            if (form == SoftmaxForm.Sum)
            {
                *y = shift + T.Log(sum);
            }
            else
            {
                FinishAlong(x, y, Vector512.Create(shift), Vector512.Create(form == SoftmaxForm.Probabilities ? T.One / sum : T.Log(sum)));
            }
        }

        private T SumAlong(T* x, T* y, Vector512<T> shift)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int index = 0; index < runs.Length; index += Vector512<T>.Count)
            {
                int count = Math.Min(Vector512<T>.Count, runs.Length - index);
                Vector512<T> exponential = Exponential.Exp(Part(x, index) - shift);
                if (form == SoftmaxForm.Probabilities)
                {
                    Store(exponential, y, index);
                }

                sum += count == Vector512<T>.Count ? exponential : exponential & Lanes512.First<T>(count);
            }

            return Lanes512.SumAcross(sum);
        }

        private void FinishAlong(T* x, T* y, Vector512<T> shift, Vector512<T> factor)
        {
            for (int index = 0; index < runs.Length; index += Vector512<T>.Count)
            {
                Store(form == SoftmaxForm.Probabilities ? Part(y, index) * factor : Part(x, index) - shift - factor, y, index);
            }
        }

        private Vector512<T> Part(T* row, int index) => index <= runs.Length - Vector512<T>.Count
            ? Vector512.Load(row + index)
            : Elementwise.Rows.LoadFirst(row + index, runs.Length - index);

        private void Store(Vector512<T> lanes, T* row, int index)
        {
            if (index <= runs.Length - Vector512<T>.Count)
            {
                lanes.Store(row + index);
            }
            else
            {
                Elementwise.Rows.StoreFirst(lanes, row + index, runs.Length - index);
            }
        }

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
