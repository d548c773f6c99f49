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
        CpuBackend.Register<Ops.Convolutions.Convolution>((op, inputs, outputs) => Run(outputs[0], new ForwardCall(op, null, inputs[1].Shape, inputs, outputs[0])));
        CpuBackend.Register<PooledConvolution>((op, inputs, outputs) => Run(outputs[0], new PooledForwardCall(op, null, inputs[1].Shape, inputs, outputs)));
        CpuBackend.Register<PackedConvolution>(RunPacked);
        CpuBackend.Register<ConvolutionInputGradient>((op, inputs, outputs) => Run(outputs[0], new InputGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<ConvolutionWeightGradient>((op, inputs, outputs) => Run(outputs[0], new WeightGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<PooledConvolutionInputGradient>((op, inputs, outputs) => Run(outputs[0], new PooledInputGradientCall(op, inputs, outputs[0])));
        CpuBackend.Register<PooledConvolutionWeightGradient>((op, inputs, outputs) => Run(outputs[0], new PooledWeightGradientCall(op, inputs, outputs[0])));
    }

    private interface ICall
    {
        void Run<T>()
            where T : unmanaged;
    }

    private static void RunPacked(PackedConvolution packed, Tensor[] inputs, Tensor[] outputs)
    {
        if (packed.Op is PooledConvolution pooled)
        {
            Run(outputs[0], new PooledForwardCall(pooled, packed.Packing, packed.Weights, inputs, outputs));
        }
        else
        {
            Run(outputs[0], new ForwardCall((Ops.Convolutions.Convolution)packed.Op, packed.Packing, packed.Weights, inputs, outputs[0]));
        }
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

    // A packed convolution reads what was packed in the place of the weights.
    private readonly struct ForwardCall(Ops.Convolutions.Convolution op, FilterPacking? packing, Shape weights, Tensor[] inputs, Tensor output) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Sizes(inputs[0].Shape, weights);
            ForwardWork<T> work = WorkOf<T>(op, packing, inputs, output);
            if (packing?.Winograd ?? WinogradConvolution.TakesForward<T>(shape))
            {
                WinogradConvolution.Forward(shape, *(ForwardWork<float>*)&work, Lanes.Widest);
            }
            else
            {
                DirectConvolution.Forward(shape, work, Lanes.Widest);
            }
        }
    }

    private static ForwardWork<T> WorkOf<T>(Ops.Convolutions.Convolution op, FilterPacking? packing, Tensor[] inputs, Tensor output)
        where T : unmanaged => new()
        {
            Images = inputs[0].Pointer<T>(),
            Weights = packing is null ? inputs[1].Pointer<T>() : null,
            Packed = packing is null ? null : inputs[1].Pointer<T>(),
            Bias = op.HasBias(inputs.Length) ? inputs[2].Pointer<T>() : null,
            Residual = op.Residual ? inputs[^1].Pointer<T>() : null,
            Relu = op.Relu,
            Target = output.Pointer<T>(),
        };

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

    /// <summary>How the results of a convolution are pooled.</summary>
    public static PoolingWork Pooling(PooledConvolution op, in ConvolutionShape shape) =>
        PoolingWork.Of(op.Pooling.Sizes(shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs));

    private readonly struct PooledForwardCall(PooledConvolution op, FilterPacking? packing, Shape weights, Tensor[] inputs, Tensor[] outputs) : ICall
    {
        public void Run<T>()
            where T : unmanaged
        {
            ConvolutionShape shape = op.Convolution.Sizes(inputs[0].Shape, weights);
            PoolingWork pooling = Pooling(op, shape);
            ForwardWork<T> work = WorkOf<T>(op.Convolution, packing, inputs, outputs[0]);
            byte* taps = outputs[1].Pointer<byte>();
            if (packing?.Winograd ?? WinogradConvolution.TakesPooled<T>(shape, pooling))
            {
                WinogradConvolution.Pooled(shape, pooling, *(ForwardWork<float>*)&work, taps, Lanes.Widest);
            }
            else
            {
                DirectPooledConvolution.Forward(shape, pooling, work, taps, Lanes.Widest);
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
