using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Hands matrix products to their kernels.</summary>
internal static unsafe class ProductKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<MatMul>(Multiply);
    }

    private static void Multiply(MatMul op, Tensor[] inputs, Tensor[] outputs)
    {
        (int m, int n) = (outputs[0].Shape[0], outputs[0].Shape[1]);
        int k = inputs[0].Shape[op.TransposeLeft ? 0 : 1];
        if (outputs[0].DataType == DataType.Float32)
        {
            MatrixProduct.Multiply(m, n, k, inputs[0].Pointer<float>(), op.TransposeLeft, inputs[1].Pointer<float>(), op.TransposeRight, outputs[0].Pointer<float>());
        }
        else
        {
            MatrixProduct.Multiply(m, n, k, inputs[0].Pointer<double>(), op.TransposeLeft, inputs[1].Pointer<double>(), op.TransposeRight, outputs[0].Pointer<double>());
        }
    }
}
