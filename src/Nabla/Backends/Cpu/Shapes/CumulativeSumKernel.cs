// Along a row the sums follow one another; strips of columns go down together, one a lane. Each row or strip is done by one
// piece.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Adds up along an axis and keeps each sum on the way.</summary>
internal static unsafe class CumulativeSumKernel
{
    private const int PieceElements = 1 << 14;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<CumulativeSum>((op, inputs, outputs) =>
        ElementTypes.Number(outputs[0].DataType, new Body(op, inputs[0], outputs[0])));

    private readonly struct Body(CumulativeSum op, Tensor input, Tensor output) : INumberBody
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            AxisRuns runs = AxisRuns.Of(input.Shape, op.Axis, Vector512<T>.Count, PieceElements);
            WorkerPool.Run(runs.Pieces, new Pieces<T>(runs, op.FromEnd, input.Pointer<T>(), output.Pointer<T>()));
        }
    }

    private readonly struct Pieces<T>(AxisRuns runs, bool fromEnd, T* input, T* output) : IPieceBody
        where T : unmanaged, INumber<T>
    {
        public void Run(int piece)
        {
            for (long run = runs.First(piece); run < runs.End(piece); run++)
            {
                (long at, _, int columns) = runs.Find(run);
                if (runs.Inner == 1)
                {
                    Along(input + at, output + at);
                }
                else
                {
                    Down(input + at, output + at, columns);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Along(T* source, T* target)
        {
            T sum = T.Zero;
            for (int step = 0; step < runs.Length; step++)
            {
                int index = fromEnd ? runs.Length - 1 - step : step;
                sum += source[index];
                target[index] = sum;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Down(T* source, T* target, int columns)
        {
            Vector512<T> sum = Vector512<T>.Zero;
            for (int step = 0; step < runs.Length; step++)
            {
                int row = fromEnd ? runs.Length - 1 - step : step;
                sum += runs.Load(source, row, columns);
                runs.Store(sum, target, row, columns);
            }
        }
    }
}
