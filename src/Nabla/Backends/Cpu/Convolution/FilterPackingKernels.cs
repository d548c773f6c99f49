using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution.Winograd;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Packs the weights of convolutions before they run.</summary>
internal static unsafe class FilterPackingKernels
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<FilterPacking>((op, inputs, outputs) =>
    {
        PackCall call = new(op.Convolution.Sizes(op.Images, inputs[0].Shape), op.Winograd, inputs[0], outputs[0]);
        LaneDispatch.Run(outputs[0].DataType, call);
    });

    /// <summary>How the weights of a convolution of some images are packed; null where its kernel reads them as they are.</summary>
    public static FilterPacking? PackingOf(Op op, TensorType images, Shape weights)
    {
        PooledConvolution? pooled = op as PooledConvolution;
        Ops.Convolutions.Convolution convolution = pooled?.Convolution ?? (Ops.Convolutions.Convolution)op;
        ConvolutionShape shape = convolution.Sizes(images.Shape, weights);
        bool winograd = images.DataType == DataType.Float32 && (pooled is null
            ? WinogradConvolution.TakesPacked<float>(shape)
            : WinogradConvolution.TakesPooled<float>(shape, ConvolutionKernels.Pooling(pooled, shape)));
        if (!winograd && (shape.IsProduct || ChannelConvolution.Takes(shape)))
        {
            return null;
        }

        long elements;
        LaneDispatch.Run(images.DataType, new CountCall(shape, winograd, &elements));
        return elements == 0 ? null : new FilterPacking(convolution, images.Shape, winograd, elements);
    }

    private readonly struct CountCall(ConvolutionShape shape, bool winograd, long* elements) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector> => *elements = winograd
                ? WinogradFilters<T, TVector, TLanes>.Elements(WinogradShape.Forward(shape))
                : WindowWeights<T, TVector, TLanes>.PackedElements(shape);
    }

    private readonly struct PackCall(ConvolutionShape shape, bool winograd, Tensor weights, Tensor packed) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            if (winograd)
            {
                WinogradFilters<T, TVector, TLanes>.Transform(WinogradShape.Forward(shape), weights.Pointer<T>(), turned: false, packed.Pointer<T>());
            }
            else
            {
                WindowWeights<T, TVector, TLanes>.PackForward(shape, weights.Pointer<T>(), packed.Pointer<T>());
            }
        }
    }
}
