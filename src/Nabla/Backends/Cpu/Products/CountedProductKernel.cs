using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Hands the rows that count to the matrix product.</summary>
internal static unsafe class CountedProductKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<CountedProduct>((op, inputs, outputs) =>
    {
        int count = new ReadOnlySpan<int>(inputs[^1].Pointer<int>(), inputs[^1].ElementCount).IndexOf(op.Size);
        ElementTypes.Floating(outputs[0].DataType, new Body(op, inputs, outputs[0], count < 0 ? inputs[^1].ElementCount : count));
    });

    private readonly struct Body(CountedProduct op, Tensor[] inputs, Tensor output, int count) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            T* left = inputs[0].Pointer<T>(), right = inputs[1].Pointer<T>(), result = output.Pointer<T>();
            (int rows, int columns, int steps) = (output.Shape[0], output.Shape[1], inputs[0].Shape[1]);
            if (op.SumsRows)
            {
                MatrixProduct.Multiply(rows, columns, count, left, true, right, false, result);
                return;
            }

            bool transposed = op.Product is MatMul { TransposeRight: true };
            T* bias = op.Product is DenseProduct ? inputs[2].Pointer<T>() : null;
            MatrixProduct.Multiply(
                count, columns, steps, left, steps, false, right, transposed ? steps : columns, transposed, result, columns, accumulate: false, bias,
                op.Product is DenseProduct { Rectifies: true });
            if (op.Fills)
            {
                new Span<T>(result + ((nint)count * columns), (rows - count) * columns).Clear();
            }
        }
    }
}
