using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Hands products with a bias to the matrix product, which adds it while the results are in registers.</summary>
internal static unsafe class DenseProductKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<DenseProduct>((op, inputs, outputs) =>
        ElementTypes.Floating(outputs[0].DataType, new Body(op.Rectifies, inputs, outputs[0])));

    private readonly struct Body(bool rectifies, Tensor[] inputs, Tensor output) : IFloatingBody
    {
        public void Run<T>()
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            int steps = inputs[0].Shape[1];
            (int rows, int columns) = (output.Shape[0], output.Shape[1]);
            MatrixProduct.Multiply(
                rows, columns, steps, inputs[0].Pointer<T>(), steps, false, inputs[1].Pointer<T>(), columns, false,
                output.Pointer<T>(), columns, accumulate: false, inputs[2].Pointer<T>(), rectifies);
        }
    }
}
