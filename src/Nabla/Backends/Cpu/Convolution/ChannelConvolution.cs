using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>
/// Convolutions in which each group is one channel, and their gradients. Where a channel has several outputs it is written out as often first,
/// so that inputs and outputs stand lane by lane.
/// </summary>
internal static unsafe class ChannelConvolution
{
    private const int MostOutputsOfChannel = 7;
    private const int FewestChannels = 4;
    private const int Vector128Bytes = 16;

    /// <summary>Whether these kernels take a convolution: it has the same bits on all machines, so this is the same on all.</summary>
    public static bool Takes(in ConvolutionShape shape) =>
        shape.GroupInputs == 1 && shape.Groups > 1 && shape.GroupOutputs <= MostOutputsOfChannel && shape.Outputs >= FewestChannels;

    /// <summary>The vector width for a convolution: narrower where there are fewer channels than lanes.</summary>
    public static LaneWidth Fit<T>(in ConvolutionShape shape, LaneWidth width)
        where T : unmanaged
    {
        while (Takes(shape) && width > LaneWidth.Bits128 && (Vector128Bytes << (int)width) / sizeof(T) > shape.Outputs)
        {
            width--;
        }

        return width;
    }

    /// <summary>The convolution, then a bias for each channel unless null, then the rectifier.</summary>
    public static void Forward<T, TVector, TLanes>(in ConvolutionShape shape, T* input, T* weights, T* bias, bool relu, T* output)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        Storage? repeated = Repeat(shape, ref input);
        ChannelProduct<T, TVector, TLanes>.Run(new ChannelWork<T>
        {
            Images = shape.Batch,
            Height = shape.Height,
            Width = shape.Width,
            Source = input,
            Grid = new TargetGrid(
                shape.OutputHeight, shape.OutputWidth, shape.Outputs, 0, shape.Outputs, (nint)shape.OutputWidth * shape.Outputs, shape.ResultSize),
            Target = output,
            StrideY = shape.StrideY,
            StrideX = shape.StrideX,
            TapsY = AxisTaps.Forward(shape.KernelHeight, shape.DilationY, shape.PadTop),
            TapsX = AxisTaps.Forward(shape.KernelWidth, shape.DilationX, shape.PadLeft),
            Weights = weights,
            KernelWidth = shape.KernelWidth,
            Bias = bias,
            Relu = relu,
        });
        GC.KeepAlive(repeated);
    }

    /// <summary>The gradient with respect to the images.</summary>
    public static void InputGradient<T, TVector, TLanes>(in ConvolutionShape shape, T* cotangent, T* weights, T* gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        nint pixels = (nint)shape.Batch * shape.Height * shape.Width;
        Storage? repeated = shape.GroupOutputs == 1 ? null : Storage.Allocate((long)pixels * shape.Outputs * sizeof(T));
        T* target = repeated is null ? gradient : (T*)repeated.Pointer;
        for (int y = 0; y < Math.Min(shape.StrideY, shape.Height); y++)
        {
            for (int x = 0; x < Math.Min(shape.StrideX, shape.Width); x++)
            {
                ChannelProduct<T, TVector, TLanes>.Run(Phase(shape, y, x, cotangent, weights, target));
            }
        }

        if (repeated is not null)
        {
            RepeatedChannels<T>.Fold(target, pixels * shape.Inputs, shape.GroupOutputs, gradient);
            GC.KeepAlive(repeated);
        }
    }

    /// <summary>The gradient with respect to the weights.</summary>
    public static void WeightGradient<T, TVector, TLanes>(in ConvolutionShape shape, T* input, T* cotangent, T* gradient)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        Storage? repeated = Repeat(shape, ref input);
        ChannelSums<T, TVector, TLanes>.Run(shape with { Inputs = shape.Outputs, Groups = shape.Outputs }, input, cotangent, gradient);
        GC.KeepAlive(repeated);
    }

    /// <summary>The pixels that lie on one phase of the stride: all are reached by the same taps.</summary>
    private static ChannelWork<T> Phase<T>(in ConvolutionShape shape, int firstY, int firstX, T* cotangent, T* weights, T* target)
        where T : unmanaged
    {
        nint row = (nint)shape.Width * shape.Outputs;
        return new ChannelWork<T>
        {
            Images = shape.Batch,
            Height = shape.OutputHeight,
            Width = shape.OutputWidth,
            Source = cotangent,
            Grid = new TargetGrid(
                (shape.Height - firstY + shape.StrideY - 1) / shape.StrideY, (shape.Width - firstX + shape.StrideX - 1) / shape.StrideX, shape.Outputs,
                (firstY * row) + ((nint)firstX * shape.Outputs), (nint)shape.StrideX * shape.Outputs, shape.StrideY * row, shape.Height * row),
            Target = target,
            StrideY = 1,
            StrideX = 1,
            TapsY = AxisTaps.Backward(shape.KernelHeight, shape.StrideY, shape.DilationY, shape.PadTop, firstY),
            TapsX = AxisTaps.Backward(shape.KernelWidth, shape.StrideX, shape.DilationX, shape.PadLeft, firstX),
            Weights = weights,
            KernelWidth = shape.KernelWidth,
        };
    }

    /// <summary>Points to the images with each channel as often as it has outputs; null if that is once.</summary>
    private static Storage? Repeat<T>(in ConvolutionShape shape, ref T* images)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.GroupOutputs == 1)
        {
            return null;
        }

        nint pixels = (nint)shape.Batch * shape.Height * shape.Width;
        Storage repeated = Storage.Allocate((long)pixels * shape.Outputs * sizeof(T));
        RepeatedChannels<T>.Write(images, pixels * shape.Inputs, shape.GroupOutputs, (T*)repeated.Pointer);
        images = (T*)repeated.Pointer;
        return repeated;
    }
}
