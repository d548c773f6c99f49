// Convolution without im2col, channels last. Forward: windows are rows of a matrix product that overlap in memory. The gradient of
// the data is a forward convolution of the cotangent for each phase of the stride (no zeros are spread in between), with
// the weights turned. The gradient of the weights sums over pixels in fixed slices. A convolution of each channel alone
// has kernels of its own that take channels as lanes. Any number of threads and any vector width give the same bits.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>2-D convolution, channels last, and its gradients.</summary>
internal static unsafe class DirectConvolution
{
    /// <summary>The gradient with respect to the images.</summary>
    public static void InputGradient<T>(in ConvolutionShape shape, T* cotangent, T* weights, T* gradient)
        where T : unmanaged => InputGradient(shape, cotangent, weights, gradient, Lanes.Widest);

    /// <summary>The gradient with respect to the weights.</summary>
    public static void WeightGradient<T>(in ConvolutionShape shape, T* input, T* cotangent, T* gradient)
        where T : unmanaged => WeightGradient(shape, input, cotangent, gradient, Lanes.Widest);

    /// <summary>The convolution of each image with the weights, and what is behind it.</summary>
    internal static void Forward<T>(in ConvolutionShape shape, ForwardWork<T> work, LaneWidth width)
        where T : unmanaged
    {
        if (shape.IsProduct)
        {
            PixelProduct.Forward(shape, work.Images, work.Weights, work.Bias, work.Relu, work.Target, width);
            return;
        }

        LaneDispatch.Run<T, ForwardCall>(new ForwardCall(shape, &work), ChannelConvolution.Fit<T>(shape, width));
    }

    internal static void InputGradient<T>(in ConvolutionShape shape, T* cotangent, T* weights, T* gradient, LaneWidth width)
        where T : unmanaged
    {
        if (shape.IsProduct)
        {
            PixelProduct.InputGradient(shape, cotangent, weights, gradient, width);
            return;
        }

        LaneDispatch.Run<T, InputGradientCall>(new InputGradientCall(shape, cotangent, weights, gradient), ChannelConvolution.Fit<T>(shape, width));
    }

    internal static void WeightGradient<T>(in ConvolutionShape shape, T* input, T* cotangent, T* gradient, LaneWidth width)
        where T : unmanaged =>
        LaneDispatch.Run<T, WeightGradientCall>(new WeightGradientCall(shape, input, cotangent, gradient), ChannelConvolution.Fit<T>(shape, width));

    private readonly struct ForwardCall(ConvolutionShape shape, void* operands) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            ForwardWork<T> forward = *(ForwardWork<T>*)operands;
            if (ChannelConvolution.Takes(shape))
            {
                ChannelConvolution.Forward<T, TVector, TLanes>(shape, forward.Images, forward.Weights, forward.Bias, forward.Relu, forward.Target);
                return;
            }

            WindowWork<T> work = WindowWeights<T, TVector, TLanes>.Forward(shape, forward);
            WindowProduct<T, TVector, TLanes>.Run(work);
        }
    }

    private readonly struct InputGradientCall(ConvolutionShape shape, void* cotangent, void* weights, void* gradient) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            if (ChannelConvolution.Takes(shape))
            {
                ChannelConvolution.InputGradient<T, TVector, TLanes>(shape, (T*)cotangent, (T*)weights, (T*)gradient);
                return;
            }

            for (int y = 0; y < Math.Min(shape.StrideY, shape.Height); y++)
            {
                for (int x = 0; x < Math.Min(shape.StrideX, shape.Width); x++)
                {
                    RunPhase<T, TVector, TLanes>(y, x);
                }
            }
        }

        /// <summary>The pixels that lie on one phase of the stride: all are reached by the same taps.</summary>
        private void RunPhase<T, TVector, TLanes>(int firstY, int firstX)
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            AxisTaps tapsY = AxisTaps.Backward(shape.KernelHeight, shape.StrideY, shape.DilationY, shape.PadTop, firstY);
            AxisTaps tapsX = AxisTaps.Backward(shape.KernelWidth, shape.StrideX, shape.DilationX, shape.PadLeft, firstX);
            if (tapsY.Count == 0 || tapsX.Count == 0)
            {
                (tapsY, tapsX) = (default, default);
            }

            int height = (shape.Height - firstY + shape.StrideY - 1) / shape.StrideY;
            int width = (shape.Width - firstX + shape.StrideX - 1) / shape.StrideX;
            nint row = (nint)shape.Width * shape.Inputs;
            bool none = tapsY.Count == 0;
            WindowWork<T> work = new()
            {
                Frame = new SourceFrame(
                    shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs, tapsY.Lead, tapsX.Lead,
                    none ? 0 : height - 1 + tapsY.Extent, none ? 0 : width - 1 + tapsX.Extent),
                Grid = new TargetGrid(
                    height, width, shape.Inputs, (firstY * row) + ((nint)firstX * shape.Inputs), (nint)shape.StrideX * shape.Inputs,
                    shape.StrideY * row, shape.ImageSize),
                Source = (T*)cotangent,
                Target = (T*)gradient,
                StrideY = 1,
                StrideX = 1,
                TapsY = tapsY,
                TapsX = tapsX,
                Groups = shape.Groups,
            };
            WindowWeights<T, TVector, TLanes>.SetTaps(ref work);
            WindowWeights<T, TVector, TLanes>.SetBackward(ref work, (T*)weights, shape.KernelWidth);
            WindowProduct<T, TVector, TLanes>.Run(work);
        }
    }

    private readonly struct WeightGradientCall(ConvolutionShape shape, void* input, void* cotangent, void* gradient) : ILaneBody
    {
        public void Run<T, TVector, TLanes>()
            where T : unmanaged, IFloatingPointIeee754<T>
            where TVector : struct
            where TLanes : struct, ILanes<T, TVector>
        {
            if (ChannelConvolution.Takes(shape))
            {
                ChannelConvolution.WeightGradient<T, TVector, TLanes>(shape, (T*)input, (T*)cotangent, (T*)gradient);
                return;
            }

            WindowSums<T, TVector, TLanes>.Run(
                shape, (T*)input, new WholeRows<T>((T*)cotangent, shape.OutputHeight, (nint)shape.OutputWidth * shape.Outputs), (T*)gradient);
        }
    }
}
