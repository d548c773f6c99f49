using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>3 x 3 convolutions of floats by Winograd's algorithm, whose results are near those of <see cref="DirectConvolution"/> (about 3e-7 relative).</summary>
internal static unsafe class WinogradConvolution
{
    /// <summary>Whether <see cref="Forward"/> is faster than the direct convolution, and allowed.</summary>
    public static bool TakesForward<T>(in ConvolutionShape shape)
        where T : unmanaged => IsAllowed<T>(shape) && WinogradShape.Forward(shape).IsWorthwhile;

    /// <summary>Whether <see cref="Forward"/> is faster than the direct convolution if the filters of both are packed already, and allowed.</summary>
    public static bool TakesPacked<T>(in ConvolutionShape shape)
        where T : unmanaged => IsAllowed<T>(shape) && WinogradShape.Forward(shape).IsWorthwhileOncePacked;

    /// <summary>Whether <see cref="InputGradient"/> is faster than the direct one, and allowed.</summary>
    public static bool TakesInputGradient<T>(in ConvolutionShape shape)
        where T : unmanaged => IsAllowed<T>(shape) && WinogradShape.Backward(shape).IsWorthwhile;

    /// <summary>Whether <see cref="Pooled"/> is faster than the direct convolution with pooling, and allowed.</summary>
    public static bool TakesPooled<T>(in ConvolutionShape shape, in PoolingWork pooling)
        where T : unmanaged => IsAllowed<T>(shape) && WinogradShape.Fits(pooling) && WinogradShape.Pooled(shape, pooling).IsWorthwhile;

    /// <summary>The convolution of each image with the weights, and what is behind it.</summary>
    public static void Forward(in ConvolutionShape shape, in ForwardWork<float> forward, LaneWidth width)
    {
        WinogradWork<float> work = WinogradWork<float>.Of(WinogradShape.Forward(shape), forward);
        LaneDispatch.Run<float, Call>(new Call(&work, forward.Weights, turned: false), width);
    }

    /// <summary>The gradient with respect to the images.</summary>
    public static void InputGradient(in ConvolutionShape shape, float* cotangent, float* weights, float* gradient, LaneWidth width)
    {
        WinogradWork<float> work = new() { Shape = WinogradShape.Backward(shape), Images = cotangent, Target = gradient };
        LaneDispatch.Run<float, Call>(new Call(&work, weights, turned: true), width);
    }

    /// <summary>The largest value of each window of 2 x 2 of the convolution's results, after bias and rectifier, in their place, and its tap.</summary>
    public static void Pooled(in ConvolutionShape shape, in PoolingWork pooling, in ForwardWork<float> forward, byte* taps, LaneWidth width)
    {
        WinogradWork<float> work = WinogradWork<float>.Of(WinogradShape.Pooled(shape, pooling), forward);
        work.Taps = taps;
        LaneDispatch.Run<float, Call>(new Call(&work, forward.Weights, turned: false), width);
    }

    private static bool IsAllowed<T>(in ConvolutionShape shape) => typeof(T) == typeof(float) && !Numerics.Exact && WinogradShape.Fits(shape);

    private readonly struct Call(void* work, void* weights, bool turned) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            WinogradWork<T>* convolution = (WinogradWork<T>*)work;
            WinogradProduct<T, TVector, TLanes>.Run(*convolution, (T*)weights, turned);
        }
    }
}
