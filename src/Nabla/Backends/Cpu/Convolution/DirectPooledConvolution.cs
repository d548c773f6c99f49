// A convolution under max-pooling, forward and backward. Where a window of the convolution is whole vectors, the gradients are sums over
// the living cotangents alone, one in four or fewer; else the cotangents are spread out again and summed as ever, band by band.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>2-D convolution with max-pooling, channels last, and its gradients.</summary>
internal static unsafe class DirectPooledConvolution
{
    // The sparse gradient of the images has as many pieces as there are images.
    private const int FewestImages = 2;

    /// <summary>The largest value of each window of the convolution's results, after bias and rectifier, in their place, and its tap.</summary>
    public static void Forward<T>(in ConvolutionShape shape, in PoolingWork pooling, ForwardWork<T> work, byte* taps, LaneWidth width)
        where T : unmanaged =>
        LaneDispatch.Run<T, ForwardCall>(new ForwardCall(shape, pooling, &work, taps), width);

    /// <summary>The gradient with respect to the images.</summary>
    public static void InputGradient<T>(
        in ConvolutionShape shape, in PoolingWork pooling, T* cotangent, byte* taps, T* weights, T* gradient, LaneWidth width)
        where T : unmanaged =>
        LaneDispatch.Run<T, InputGradientCall>(new InputGradientCall(shape, pooling, cotangent, taps, weights, gradient, width), width);

    /// <summary>The gradient with respect to the weights.</summary>
    public static void WeightGradient<T>(
        in ConvolutionShape shape, in PoolingWork pooling, T* input, T* cotangent, byte* taps, T* gradient, LaneWidth width)
        where T : unmanaged =>
        LaneDispatch.Run<T, WeightGradientCall>(new WeightGradientCall(shape, pooling, input, cotangent, taps, gradient), width);

    private readonly struct ForwardCall(ConvolutionShape shape, PoolingWork pooling, void* operands, byte* taps) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            ForwardWork<T> work = *(ForwardWork<T>*)operands;
            PooledProduct<T, TVector, TLanes>.Run(WindowWeights<T, TVector, TLanes>.Forward(shape, work), pooling, work.Target, taps);
        }
    }

    private readonly struct InputGradientCall(
        ConvolutionShape shape, PoolingWork pooling, void* cotangent, byte* taps, void* weights, void* gradient, LaneWidth width) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            if (new SparseWindows(shape, pooling).IsWorthwhile && shape.Batch >= FewestImages)
            {
                SparseInputSums<T, TVector, TLanes>.Run(shape, pooling, (T*)cotangent, taps, (T*)weights, (T*)gradient);
                return;
            }

            Storage memory = Storage.Allocate((long)shape.Batch * shape.ResultSize * sizeof(T));
            MaxPoolingKernel<T, byte>.Spread(pooling, (T*)cotangent, taps, (T*)memory.Pointer);
            DirectConvolution.InputGradient(shape, (T*)memory.Pointer, (T*)weights, (T*)gradient, width);
            GC.KeepAlive(memory);
        }
    }

    private readonly struct WeightGradientCall(
        ConvolutionShape shape, PoolingWork pooling, void* input, void* cotangent, byte* taps, void* gradient) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            if (new SparseWindows(shape, pooling).IsWorthwhile)
            {
                SparseWeightSums<T, TVector, TLanes>.Run(shape, pooling, (T*)input, (T*)cotangent, taps, (T*)gradient);
            }
            else if (new NarrowPatch(shape, pooling).IsWorthwhile)
            {
                NarrowWeightSums<T, TVector, TLanes>.Run(shape, pooling, (T*)input, (T*)cotangent, taps, (T*)gradient);
            }
            else
            {
                WindowSums<T, TVector, TLanes>.Run(shape, (T*)input, new SpreadRows<T>(pooling, (T*)cotangent, taps), (T*)gradient);
            }
        }
    }
}
