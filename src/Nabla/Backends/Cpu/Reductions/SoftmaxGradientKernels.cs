// Each gradient is a sum along the axis and then a function of result, cotangent and that sum. Rows and strips are walked as in
// the softmax itself.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>What is summed, and what is made of the sum.</summary>
internal interface ISoftmaxGradient
{
    static abstract Vector512<T> Term<T>(Vector512<T> result, Vector512<T> cotangent)
        where T : unmanaged;

    static abstract Vector512<T> Gradient<T>(Vector512<T> result, Vector512<T> cotangent, Vector512<T> sum)
        where T : unmanaged;
}

/// <summary>Computes the gradients of the softmax and of its logarithm.</summary>
internal static unsafe class SoftmaxGradientKernels
{
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<SoftmaxGradient>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new Body<OfProbabilities>(op.Axis, inputs[0], inputs[1], outputs[0])));
        CpuBackend.Register<LogSoftmaxGradient>((op, inputs, outputs) =>
            ElementTypes.Floating(outputs[0].DataType, new Body<OfLogarithms>(op.Axis, inputs[0], inputs[1], outputs[0])));
    }

    private readonly struct OfProbabilities : ISoftmaxGradient
    {
        public static Vector512<T> Term<T>(Vector512<T> result, Vector512<T> cotangent)
            where T : unmanaged => result * cotangent;

        public static Vector512<T> Gradient<T>(Vector512<T> result, Vector512<T> cotangent, Vector512<T> sum)
            where T : unmanaged => result * (cotangent - sum);
    }

    private readonly struct OfLogarithms : ISoftmaxGradient
    {
        public static Vector512<T> Term<T>(Vector512<T> result, Vector512<T> cotangent)
            where T : unmanaged => cotangent;

        public static Vector512<T> Gradient<T>(Vector512<T> result, Vector512<T> cotangent, Vector512<T> sum)
            where T : unmanaged => cotangent - (Exponential.Exp(result) * sum);
    }

    private readonly struct Body<TGradient>(int axis, Tensor result, Tensor cotangent, Tensor output) : IFloatingBody
        where TGradient : ISoftmaxGradient
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            AxisRuns runs = AxisRuns.Of(result.Shape, axis, Vector512<T>.Count, PieceElements);
            WorkerPool.Run(runs.Pieces, new Pieces<T, TGradient>(runs, result.Pointer<T>(), cotangent.Pointer<T>(), output.Pointer<T>()));
        }
    }

    private readonly struct Pieces<T, TGradient>(AxisRuns runs, T* results, T* cotangents, T* gradients) : IPieceBody
        where T : unmanaged, IFloatingPointIeee754<T>
        where TGradient : ISoftmaxGradient
    {
        public void Run(int piece)
        {
            for (long run = runs.First(piece); run < runs.End(piece); run++)
            {
                (long at, _, int columns) = runs.Find(run);
                if (runs.Inner == 1)
                {
                    Along(results + at, cotangents + at, gradients + at);
                }
                else
                {
                    Down(results + at, cotangents + at, gradients + at, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Along(T* y, T* g, T* gradient)
        {
            int width = Vector512<T>.Count;
            int whole = runs.Length & -width;
            int rest = runs.Length - whole;
            Vector512<T> lanes = Vector512<T>.Zero;
            for (int index = 0; index < whole; index += width)
            {
                lanes += TGradient.Term(Vector512.Load(y + index), Vector512.Load(g + index));
            }

            if (rest > 0)
            {
                lanes += TGradient.Term(Elementwise.Rows.LoadFirst(y + whole, rest), Elementwise.Rows.LoadFirst(g + whole, rest)) & Lanes512.First<T>(rest);
            }

            Vector512<T> sum = Vector512.Create(Lanes512.SumAcross(lanes));
            for (int index = 0; index < whole; index += width)
            {
                TGradient.Gradient(Vector512.Load(y + index), Vector512.Load(g + index), sum).Store(gradient + index);
            }

            if (rest > 0)
            {
                Vector512<T> last = TGradient.Gradient(Elementwise.Rows.LoadFirst(y + whole, rest), Elementwise.Rows.LoadFirst(g + whole, rest), sum);
                Elementwise.Rows.StoreFirst(last, gradient + whole, rest);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Down(T* y, T* g, T* gradient, int columns)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int row = 0; row < runs.Length; row++)
            {
                sum += TGradient.Term(runs.Load(y, row, columns), runs.Load(g, row, columns));
            }

            for (int row = 0; row < runs.Length; row++)
            {
                runs.Store(TGradient.Gradient(runs.Load(y, row, columns), runs.Load(g, row, columns), sum), gradient, row, columns);
            }
        }
    }
}
