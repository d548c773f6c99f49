using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Elementwise;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Hands products of matrices to the matrix product, a run of the batch at a time: in a run each operand goes on or is repeated.</summary>
internal static unsafe class ProductKernels
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<MatMul>((op, inputs, outputs) =>
        ElementTypes.Floating(outputs[0].DataType, new Body(op, inputs[0], inputs[1], outputs[0])));

    private readonly struct Body(MatMul op, Tensor left, Tensor right, Tensor output) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            (int rows, int columns) = (output.Shape[-2], output.Shape[-1]);
            int steps = left.Shape[op.TransposeLeft ? -2 : -1];
            nint leftSize = (nint)rows * steps;
            nint rightSize = (nint)steps * columns;
            nint size = (nint)rows * columns;
            RowWalk walk = RowWalk.Of(MatMul.Batch(output.Shape), MatMul.Batch(left.Shape), MatMul.Batch(right.Shape));
            Span<int> index = stackalloc int[walk.OuterRank];
            for (int piece = 0; piece < walk.Pieces; piece++)
            {
                RowWalk.RowCursor run = walk.Start(piece, index);
                do
                {
                    MatrixProduct.MultiplyBatch(
                        run.Count, rows, columns, steps, left.Pointer<T>() + ((nint)run[0] * leftSize), op.TransposeLeft ? rows : steps, walk.Repeats(0) ? 0 : leftSize,
                        op.TransposeLeft, right.Pointer<T>() + ((nint)run[1] * rightSize), op.TransposeRight ? steps : columns, walk.Repeats(1) ? 0 : rightSize,
                        op.TransposeRight, output.Pointer<T>() + ((nint)run.Target * size), columns, size, accumulate: false);
                }
                while (run.Next());
            }
        }
    }
}
