using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Quantization;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>Hands quantised products and convolutions to their kernels.</summary>
internal static unsafe class QuantizedProductKernels
{
    private const int RowsOfProduct = 64;
    private const int ChannelLanes = 32;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<QuantizedPacking>((op, inputs, outputs) => QuadDispatch.Run(new PackCall(op, inputs, outputs), Lanes.Widest));
        CpuBackend.Register<QuantizedProduct>((op, inputs, outputs) => QuadDispatch.Run(new Call(op, inputs, outputs[0]), Lanes.Widest));
    }

    /// <summary>How weights are packed on this machine.</summary>
    public static QuantizedPacking PackingOf(QuantizedWindow window)
    {
        long bytes;
        QuadDispatch.Run(new CountCall(window, &bytes), Lanes.Widest);
        return new QuantizedPacking(window, bytes);
    }

    /// <summary>The bytes of packed weights.</summary>
    internal static long BytesOf<TVector, TLanes>(QuantizedWindow window)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector> => window.IsDepthwise ? (long)window.Weights.ElementCount * sizeof(short) : LayoutOf(window, 2 * TLanes.Count).Bytes;

    /// <summary>Packs weights.</summary>
    internal static void Pack<TVector, TLanes>(QuantizedPacking op, Tensor[] inputs, Tensor[] outputs)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector>
    {
        QuantizedWindow window = op.Window;
        if (window.IsDepthwise)
        {
            int channels = window.Outputs;
            ByteChannels.Pack(inputs[0].Pointer<sbyte>(), window.Weights.ElementCount / channels, channels, outputs[0].Pointer<short>(), outputs[1].Pointer<int>());
        }
        else if (inputs[0].DataType == DataType.Int8)
        {
            Pack<sbyte>(LayoutOf(window, 2 * TLanes.Count), inputs, outputs);
        }
        else
        {
            Pack<byte>(LayoutOf(window, 2 * TLanes.Count), inputs, outputs);
        }
    }

    /// <summary>Computes a product or convolution.</summary>
    internal static void Multiply<TVector, TLanes>(QuantizedProduct op, Tensor[] inputs, Tensor output)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector> => new Call(op, inputs, output).Run<TVector, TLanes>();

    private static void Pack<TByte>(QuadLayout layout, Tensor[] inputs, Tensor[] outputs)
        where TByte : unmanaged => QuadPacking<TByte>.Pack(
            layout, inputs[0].Pointer<TByte>(), inputs[1].Pointer<TByte>(), inputs[1].ElementCount > 1 ? 1 : 0, outputs[0].Pointer<sbyte>(), outputs[1].Pointer<int>());

    // The sizes of images do not count.
    private static QuadLayout LayoutOf(QuantizedWindow window, int width) => window.Convolution is { } convolution
        ? QuadLayout.OfConvolution(convolution.Sizes([1, 1, 1, window.Weights[2] * convolution.Groups], window.Weights), width, window.MostParts)
        : QuadLayout.OfProduct(window.Weights[0], window.Weights[1], width, window.MostParts);

    private readonly struct CountCall(QuantizedWindow window, long* bytes) : IQuadBody
    {
        public void Run<TVector, TLanes>()
            where TVector : struct
            where TLanes : struct, IQuadLanes<TVector> => *bytes = BytesOf<TVector, TLanes>(window);
    }

    private readonly struct PackCall(QuantizedPacking op, Tensor[] inputs, Tensor[] outputs) : IQuadBody
    {
        public void Run<TVector, TLanes>()
            where TVector : struct
            where TLanes : struct, IQuadLanes<TVector> => Pack<TVector, TLanes>(op, inputs, outputs);
    }

    private readonly struct Call(QuantizedProduct op, Tensor[] inputs, Tensor output) : IQuadBody
    {
        public void Run<TVector, TLanes>()
            where TVector : struct
            where TLanes : struct, IQuadLanes<TVector>
        {
            if (output.ElementCount == 0)
            {
                return;
            }

            QuantizedWork work = op.Window.Convolution is { } convolution
                ? OfConvolution(convolution.Sizes(inputs[0].Shape, op.Window.Weights), 2 * TLanes.Count)
                : OfProduct(2 * TLanes.Count);
            work.Source = inputs[0].Pointer<byte>();
            work.Packed = inputs[1].Pointer<sbyte>();
            work.Results = Results();
            QuantizedWindows<TVector, TLanes>.Run(work);
        }

        private QuantizedWork OfProduct(int width)
        {
            (int rows, int steps) = (inputs[0].Shape[0], inputs[0].Shape[1]);
            int bands = (rows + RowsOfProduct - 1) / RowsOfProduct;
            QuadLayout layout = LayoutOf(op.Window, width);
            QuantizedWork work = new()
            {
                Frame = new SourceFrame(1, bands, RowsOfProduct, steps, 0, 0, bands, RowsOfProduct),
                InPlace = !layout.ReachesBeyond,
                IsProduct = true,
                Rows = bands,
                Width = RowsOfProduct,
                Pixels = rows,
                ExtentY = 1,
                StrideY = 1,
                StrideX = 1,
                Layout = layout,
                Offsets = Scratch.Get<nint>(ScratchUse.Segments, layout.Quads),
            };
            for (int quad = 0; quad < layout.Quads; quad++)
            {
                work.Offsets[quad] = 4 * quad;
            }

            return work;
        }

        private QuantizedWork OfConvolution(in ConvolutionShape shape, int width)
        {
            bool isDepthwise = op.Window.IsDepthwise;
            QuadLayout layout = isDepthwise
                ? new QuadLayout(shape.KernelHeight * shape.KernelWidth, 1, 1, shape.Outputs, (shape.Outputs + ChannelLanes - 1) / ChannelLanes * ChannelLanes, 1)
                : LayoutOf(op.Window, width);
            QuantizedWork work = new()
            {
                Frame = new SourceFrame(
                    shape.Batch, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.PaddedHeight, shape.PaddedWidth),
                InPlace = !shape.IsPadded && (isDepthwise || !layout.ReachesBeyond),
                IsDepthwise = isDepthwise,
                Rows = shape.OutputHeight,
                Width = shape.OutputWidth,
                ExtentY = shape.ExtentY,
                StrideY = shape.StrideY,
                StrideX = shape.StrideX,
                Layout = layout,
                Offsets = Scratch.Get<nint>(ScratchUse.Segments, layout.Quads),
            };
            if (op.Pooling is { } pooling)
            {
                work.Pools = true;
                work.Pooling = PoolingWork.Of(pooling.Sizes(shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs));
                work.Width = work.Pooling.X.Covered(work.Pooling.X.Windows - 1).End;
            }

            work.Pixels = work.Rows * work.Width;
            SetOffsets(shape, work);
            return work;
        }

        private static void SetOffsets(in ConvolutionShape shape, in QuantizedWork work)
        {
            if (!work.IsDepthwise)
            {
                work.Layout.SetOffsets(shape, work.Frame.RowStride, work.Offsets);
                return;
            }

            for (int tap = 0; tap < work.Layout.Segments; tap++)
            {
                (int y, int x) = Math.DivRem(tap, shape.KernelWidth);
                work.Offsets[tap] = (y * shape.DilationY * work.Frame.RowStride) + ((nint)x * shape.DilationX * shape.Inputs);
            }
        }

        private QuantizedResults Results() => new()
        {
            Outputs = op.Window.Outputs,
            ColumnSums = inputs[2].Pointer<int>(),
            WeightScales = inputs[3].Pointer<float>(),
            Scale = inputs[4].Pointer<float>(),
            ZeroPoint = inputs[5].Pointer<byte>(),
            ScaleStep = op.Window.Convolution is null && inputs[4].Rank > 0 ? 1 : 0,
            Bias = op.HasBias ? inputs[QuantizedProduct.BiasAt].Pointer<float>() : null,
            Residual = op.Residual == QuantizedResidual.Numbers ? inputs[op.ResidualAt].Pointer<float>() : null,
            ResidualBytes = op.Residual == QuantizedResidual.Bytes ? inputs[op.ResidualAt].Pointer<byte>() : null,
            ResidualScale = op.Residual == QuantizedResidual.Bytes ? inputs[op.ResidualAt + 1].Pointer<float>()[0] : 0,
            ResidualZeroPoint = op.Residual == QuantizedResidual.Bytes ? inputs[op.ResidualAt + 2].Pointer<byte>()[0] : 0,
            Low = op.Low,
            High = op.High,
            Target = op.GivesBytes ? null : output.Pointer<float>(),
            TargetBytes = op.GivesBytes ? output.Pointer<byte>() : null,
            InverseScale = op.GivesBytes ? 1 / inputs[op.ResultAt].Pointer<float>()[0] : 0,
            ResultZeroPoint = op.GivesBytes ? inputs[op.ResultAt + 1].Pointer<byte>()[0] : 0,
        };
    }
}
