using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Products;

namespace Nabla.Backends.Cpu.Products;

/// <summary>Hands matrix products and convolutions to their kernels.</summary>
internal static unsafe class ProductKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<MatMul>(Multiply);
        CpuBackend.Register<Ops.Convolutions.Convolution>(Convolve);
        CpuBackend.Register<ConvolutionInputGradient>(InputGradient);
        CpuBackend.Register<ConvolutionWeightGradient>(WeightGradient);
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

    private static void Convolve(Ops.Convolutions.Convolution op, Tensor[] inputs, Tensor[] outputs)
    {
        ConvolutionShape shape = op.Sizes(inputs[0].Shape, inputs[1].Shape);
        if (outputs[0].DataType == DataType.Float32)
        {
            DirectConvolution.Forward(shape, inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), outputs[0].Pointer<float>());
        }
        else
        {
            DirectConvolution.Forward(shape, inputs[0].Pointer<double>(), inputs[1].Pointer<double>(), outputs[0].Pointer<double>());
        }
    }

    private static void InputGradient(ConvolutionInputGradient op, Tensor[] inputs, Tensor[] outputs)
    {
        ConvolutionShape shape = op.Forward.Sizes(op.Images, inputs[1].Shape);
        if (outputs[0].DataType == DataType.Float32)
        {
            DirectConvolution.InputGradient(shape, inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), outputs[0].Pointer<float>());
        }
        else
        {
            DirectConvolution.InputGradient(shape, inputs[0].Pointer<double>(), inputs[1].Pointer<double>(), outputs[0].Pointer<double>());
        }
    }

    private static void WeightGradient(ConvolutionWeightGradient op, Tensor[] inputs, Tensor[] outputs)
    {
        ConvolutionShape shape = op.Forward.Sizes(inputs[0].Shape, op.Weights);
        if (outputs[0].DataType == DataType.Float32)
        {
            DirectConvolution.WeightGradient(shape, inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), outputs[0].Pointer<float>());
        }
        else
        {
            DirectConvolution.WeightGradient(shape, inputs[0].Pointer<double>(), inputs[1].Pointer<double>(), outputs[0].Pointer<double>());
        }
    }
}
