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

    /// <summary>A forward convolution.</summary>
    public static WindowWork<T> Forward(in ConvolutionShape shape, in ForwardWork<T> forward)
    {
        WindowWork<T> work = Unweighted(shape, forward);
        if (ReadsInPlace(work))
        {
            work.Weights = forward.Weights;
            (work.GroupStride, work.PanelStride, work.StepStride) = (work.GroupOutputs, Width, work.Grid.Channels);
        }
        else if (forward.Packed is not null)
        {
            SetPanels(ref work, forward.Packed);
        }
        else
        {
            Pack(ref work, new ForwardPanels(work, forward.Weights));
        }

        return work;
    }

    /// <summary>The elements of packed weights; 0 where weights are read in place.</summary>
    public static long PackedElements(in ConvolutionShape shape)
    {
        WindowWork<T> work = Unweighted(shape, default);
        return ReadsInPlace(work) ? 0 : PanelElements(work);
    }

    /// <summary>Packs weights [kernelHeight, kernelWidth, inputs of a group, outputs] for many calls.</summary>
    public static void PackForward(in ConvolutionShape shape, T* weights, T* packed)
    {
        WindowWork<T> work = Unweighted(shape, default);
        Pack(ref work, new ForwardPanels(work, weights), packed);
    }

    private static WindowWork<T> Unweighted(in ConvolutionShape shape, in ForwardWork<T> forward)
    {
        WindowWork<T> work = new()
        {
            Frame = new SourceFrame(
                shape.Batch, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.PaddedHeight, shape.PaddedWidth),
            Grid = new TargetGrid(
                shape.OutputHeight, shape.OutputWidth, shape.Outputs, 0, shape.Outputs, (nint)shape.OutputWidth * shape.Outputs, shape.ResultSize),
            Source = forward.Images,
            Target = forward.Target,
            StrideY = shape.StrideY,
            StrideX = shape.StrideX,
            TapsY = AxisTaps.Forward(shape.KernelHeight, shape.DilationY, shape.PadTop),
            TapsX = AxisTaps.Forward(shape.KernelWidth, shape.DilationX, shape.PadLeft),
            Groups = shape.Groups,
            Bias = forward.Bias,
            Residual = forward.Residual,
            Relu = forward.Relu,
        };
        SetTaps(ref work);
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

    // Narrow weights need no packing.
    private static bool ReadsInPlace(in WindowWork<T> work) => work.GroupOutputs % TLanes.Count == 0 && work.Grid.Channels <= 2 * Width;

    /// <summary>Sets the weights [taps, channels of a group, outputs] of which the sources are the outputs.</summary>
    public static void SetBackward(ref WindowWork<T> work, T* weights, int kernelWidth) =>
        Pack(ref work, new BackwardPanels(work, weights, kernelWidth));

    private static int PanelsPerGroup(in WindowWork<T> work) => (work.GroupOutputs + Width - 1) / Width;

    private static nint PanelElements(in WindowWork<T> work) => (nint)work.Segments * work.SegmentLength * Width * PanelsPerGroup(work) * work.Groups;

    private static void SetPanels(ref WindowWork<T> work, T* packed)
    {
        work.Weights = packed;
        work.StepStride = Width;
        work.PanelStride = (nint)work.Segments * work.SegmentLength * Width;
        work.GroupStride = work.PanelStride * PanelsPerGroup(work);
    }

    private static void Pack<TPanels>(ref WindowWork<T> work, TPanels panels)
        where TPanels : struct, IPanels => Pack(ref work, panels, Scratch.Get<T>(ScratchUse.PackedWeights, PanelElements(work)));

    private static void Pack<TPanels>(ref WindowWork<T> work, TPanels panels, T* packed)
        where TPanels : struct, IPanels
    {
        SetPanels(ref work, packed);
        panels.Target = packed;
        int count = PanelsPerGroup(work) * work.Groups;
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
            (int group, int part) = Math.DivRem(panel, PanelsPerGroup(work));
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
            (int group, int part) = Math.DivRem(panel, PanelsPerGroup(work));
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
