using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution.Winograd;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Hands convolutions and their gradients to their kernels.</summary>
internal static unsafe class ConvolutionKernels
{
    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Ops.Convolutions.Convolution>((op, inputs, outputs) => Run(outputs[0], new ForwardCall(op, inputs, outputs[0])));
        CpuBackend.Register<ConvolutionInputGradient>((op, inputs, outputs) => Run(outputs[0], new InputGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<ConvolutionWeightGradient>((op, inputs, outputs) => Run(outputs[0], new WeightGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<PooledConvolution>((op, inputs, outputs) => Run(outputs[0], new PooledForwardCall(op, inputs, outputs)));
        CpuBackend.Register<PooledConvolutionInputGradient>((op, inputs, outputs) => Run(outputs[0], new PooledInputGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<PooledConvolutionWeightGradient>((op, inputs, outputs) => Run(outputs[0], new PooledWeightGradientCall(op, inputs, outputs[0])));
    }

    private interface ICall
    {
        void Run<T>()
            where T : unmanaged;
    }

    private static void Run<TCall>(Tensor result, TCall call)
        where TCall : struct, ICall
    {
        if (result.DataType == DataType.Float32)
        {
            call.Run<float>();
        }
        else
        {
            call.Run<double>();
        }
    }

    private readonly struct ForwardCall(Ops.Convolutions.Convolution op, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Sizes(inputs[0].Shape, inputs[1].Shape);
            T* images = inputs[0].Pointer<T>(), weights = inputs[1].Pointer<T>(), bias = inputs.Length > 2 ? inputs[2].Pointer<T>() : null;
            if (WinogradConvolution.TakesForward<T>(shape))
            {
                WinogradConvolution.Forward(shape, (float*)images, (float*)weights, (float*)bias, op.Relu, output.Pointer<float>(), Lanes.Widest);
            }
            else
            {
                DirectConvolution.Forward(shape, images, weights, bias, op.Relu, output.Pointer<T>());
            }
        }
    }

    private readonly struct InputGradientCall(ConvolutionInputGradient op, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Forward.Sizes(op.Images, inputs[1].Shape);
            if (WinogradConvolution.TakesInputGradient<T>(shape))
            {
                WinogradConvolution.InputGradient(
                    shape, inputs[0].Pointer<float>(), inputs[1].Pointer<float>(), output.Pointer<float>(), Lanes.Widest);
            }
            else
            {
                DirectConvolution.InputGradient(shape, inputs[0].Pointer<T>(), inputs[1].Pointer<T>(), output.Pointer<T>());
            }
        }
    }

    private readonly struct WeightGradientCall(ConvolutionWeightGradient op, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged => DirectConvolution.WeightGradient(
                op.Forward.Sizes(inputs[0].Shape, op.Weights), inputs[0].Pointer<T>(), inputs[1].Pointer<T>(), output.Pointer<T>());
    }

    private static PoolingWork Pooling(PooledConvolution op, in ConvolutionShape shape) =>
        PoolingWork.Of(op.Pooling.Sizes(shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs));

    private readonly struct PooledForwardCall(PooledConvolution op, Tensor[] inputs, Tensor[] outputs) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Convolution.Sizes(inputs[0].Shape, inputs[1].Shape);
            PoolingWork pooling = Pooling(op, shape);
            T* images = inputs[0].Pointer<T>(), weights = inputs[1].Pointer<T>(), bias = inputs.Length > 2 ? inputs[2].Pointer<T>() : null;
            T* largest = outputs[0].Pointer<T>();
            byte* taps = outputs[1].Pointer<byte>();
            if (WinogradConvolution.TakesPooled<T>(shape, pooling))
            {
                WinogradConvolution.Pooled(
                    shape, pooling, (float*)images, (float*)weights, (float*)bias, op.Convolution.Relu, (float*)largest, taps, Lanes.Widest);
            }
            else
            {
                DirectPooledConvolution.Forward(shape, pooling, images, weights, bias, op.Convolution.Relu, largest, taps, Lanes.Widest);
            }
        }
    }

    private readonly struct PooledInputGradientCall(PooledConvolutionInputGradient op, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Forward.Convolution.Sizes(op.Images, inputs[2].Shape);
            DirectPooledConvolution.InputGradient(
                shape, Pooling(op.Forward, shape), inputs[0].Pointer<T>(), inputs[1].Pointer<byte>(), inputs[2].Pointer<T>(),
                output.Pointer<T>(), Lanes.Widest);
        }
    }

    private readonly struct PooledWeightGradientCall(PooledConvolutionWeightGradient op, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Forward.Convolution.Sizes(inputs[0].Shape, op.Weights);
            DirectPooledConvolution.WeightGradient(
                shape, Pooling(op.Forward, shape), inputs[0].Pointer<T>(), inputs[1].Pointer<T>(), inputs[2].Pointer<byte>(),
                output.Pointer<T>(), Lanes.Widest);
        }
    }
}
