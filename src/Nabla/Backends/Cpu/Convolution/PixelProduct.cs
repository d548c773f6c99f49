using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Convolutions of single pixels: plain products of matrices.</summary>
internal static unsafe class PixelProduct
{
    /// <summary>[pixels, inputs] times [inputs, outputs], then a bias for each channel unless null, then the rectifier.</summary>
    public static void Forward<T>(in ConvolutionShape shape, T* input, T* weights, T* bias, bool relu, T* output, LaneWidth width)
        where T : unmanaged
    {
        ProductWork<T> work = new()
        {
            Rows = shape.Pixels,
            Columns = shape.Outputs,
            Steps = shape.Inputs,
            Left = input,
            LeftRowStride = shape.Inputs,
            LeftStepStride = 1,
            Right = weights,
            RightStepStride = shape.Outputs,
            RightColumnStride = 1,
            Target = output,
            TargetStride = shape.Outputs,
            Bias = bias,
            Relu = relu,
        };
        MatrixProduct.Multiply(work, 1, 0, 0, 0, width);
    }

    /// <summary>[pixels, outputs] times the weights [inputs, outputs] turned.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, T* cotangent, T* weights, T* gradient, LaneWidth width)
        where T : unmanaged
    {
        ProductWork<T> work = new()
        {
            Rows = shape.Pixels,
            Columns = shape.Inputs,
            Steps = shape.Outputs,
            Left = cotangent,
            LeftRowStride = shape.Outputs,
            LeftStepStride = 1,
            Right = weights,
            RightStepStride = 1,
            RightColumnStride = shape.Outputs,
            Target = gradient,
            TargetStride = shape.Inputs,
        };
        MatrixProduct.Multiply(work, 1, 0, 0, 0, width);
    }
}
