using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Lays out taps and weights as <see cref="WindowProduct{T, TVector, TLanes}"/> reads them.</summary>
internal static unsafe class WindowWeights<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const long SerialElements = 30_000;

    private static int Width => 2 * TLanes.Count;

    /// <summary>A forward convolution, its results to go where the caller says.</summary>
    public static WindowWork<T> Forward(in ConvolutionShape shape, T* input, T* weights, T* bias, bool relu)
    {
        WindowWork<T> work = new()
        {
            Frame = new SourceFrame(
                shape.Batch, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.PaddedHeight, shape.PaddedWidth),
            Grid = new TargetGrid(
                shape.OutputHeight, shape.OutputWidth, shape.Outputs, 0, shape.Outputs, (nint)shape.OutputWidth * shape.Outputs, shape.ResultSize),
            Source = input,
            StrideY = shape.StrideY,
            StrideX = shape.StrideX,
            TapsY = AxisTaps.Forward(shape.KernelHeight, shape.DilationY, shape.PadTop),
            TapsX = AxisTaps.Forward(shape.KernelWidth, shape.DilationX, shape.PadLeft),
            Groups = shape.Groups,
            Bias = bias,
            Relu = relu,
        };
        SetTaps(ref work);
        SetForward(ref work, weights);
        return work;
    }

    /// <summary>Writes where each segment begins; taps whose sources follow each other in memory are one segment.</summary>
    public static void SetTaps(ref WindowWork<T> work)
    {
        int channels = work.Frame.Channels;
        bool joined = work.Groups == 1 && (work.TapsX.SourceStep == 1 || work.TapsX.Count == 1);
        int perRow = joined ? Math.Min(work.TapsX.Count, 1) : work.TapsX.Count;
        work.Segments = work.TapsY.Count * perRow;
        work.SegmentLength = joined ? work.TapsX.Count * channels : work.GroupInputs;
        work.Offsets = Scratch.Get<nint>(ScratchUse.Segments, work.Segments);
        for (int segment = 0; segment < work.Segments; segment++)
        {
            (int y, int x) = Math.DivRem(segment, perRow);
            work.Offsets[segment] = (y * work.TapsY.SourceStep * work.Frame.RowStride) + ((nint)x * work.TapsX.SourceStep * channels);
        }
    }

    /// <summary>Sets the weights [taps, inputs of a group, outputs] of a forward convolution: in place if they are narrow.</summary>
    private static void SetForward(ref WindowWork<T> work, T* weights)
    {
        int outputs = work.GroupOutputs;
        if (outputs % TLanes.Count == 0 && work.Grid.Channels <= 2 * Width)
        {
            work.Weights = weights;
            (work.GroupStride, work.PanelStride, work.StepStride) = (outputs, Width, work.Grid.Channels);
            return;
        }

        Pack(ref work, new ForwardPanels(work, weights));
    }

    /// <summary>Sets the weights [taps, channels of a group, outputs] of which the sources are the outputs.</summary>
    public static void SetBackward(ref WindowWork<T> work, T* weights, int kernelWidth) =>
        Pack(ref work, new BackwardPanels(work, weights, kernelWidth));

    private static void Pack<TPanels>(ref WindowWork<T> work, TPanels panels)
        where TPanels : struct, IPanels
    {
        int perGroup = (work.GroupOutputs + Width - 1) / Width;
        long steps = (long)work.Segments * work.SegmentLength;
        work.StepStride = Width;
        work.PanelStride = (nint)steps * Width;
        work.GroupStride = work.PanelStride * perGroup;
        work.Weights = Scratch.Get<T>(ScratchUse.PackedWeights, work.GroupStride * work.Groups);
        panels.Target = work.Weights;
        int count = perGroup * work.Groups;
        for (int panel = 0; count * work.PanelStride < SerialElements && panel < count; panel++)
        {
            panels.Run(panel);
        }

        if (count * work.PanelStride >= SerialElements)
        {
            WorkerPool.Run(count, panels);
        }
    }

    private interface IPanels : IPieceBody
    {
        T* Target { set; }
    }

    private struct ForwardPanels(WindowWork<T> work, T* weights) : IPanels
    {
        private T* target;

        public T* Target
        {
            set => target = value;
        }

        public readonly void Run(int panel)
        {
            int perGroup = (work.GroupOutputs + Width - 1) / Width;
            (int group, int part) = Math.DivRem(panel, perGroup);
            int steps = work.Segments * work.SegmentLength;
            PanelPacking.Pack(
                weights + (group * work.GroupOutputs) + (part * Width), work.Grid.Channels, 1, steps, Math.Min(Width, work.GroupOutputs - (part * Width)),
                target + ((nint)panel * steps * Width), Width);
        }
    }

    private struct BackwardPanels(WindowWork<T> work, T* weights, int kernelWidth) : IPanels
    {
        private T* target;

        public T* Target
        {
            set => target = value;
        }

        public readonly void Run(int panel)
        {
            int perGroup = (work.GroupOutputs + Width - 1) / Width;
            (int group, int part) = Math.DivRem(panel, perGroup);
            int columns = Math.Min(Width, work.GroupOutputs - (part * Width));
            nint outputs = work.Frame.Channels;
            T* to = target + ((nint)panel * work.Segments * work.SegmentLength * Width);
            for (int y = 0; y < work.TapsY.Count; y++)
            {
                for (int x = 0; x < work.TapsX.Count; x++, to += (nint)work.GroupInputs * Width)
                {
                    int tap = ((work.TapsY.FirstKernel + (y * work.TapsY.KernelStep)) * kernelWidth) + work.TapsX.FirstKernel + (x * work.TapsX.KernelStep);
                    T* from = weights + ((((nint)tap * work.GroupOutputs) + (part * Width)) * outputs) + (group * work.GroupInputs);
                    PanelPacking.Pack(from, 1, outputs, work.GroupInputs, columns, to, Width);
                }
            }
        }
    }
}
