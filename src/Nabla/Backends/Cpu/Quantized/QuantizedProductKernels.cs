using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Convolution;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Backends.Cpu.Quantized.Winograd;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using Nabla.Ops.Quantization;

namespace Nabla.Backends.Cpu.Quantized;

/// <summary>Hands quantised products and convolutions to their kernels.</summary>
internal static unsafe class QuantizedProductKernels
{
    private const int RowsOfProduct = 64;
    private const int ChannelLanes = 32;
    private const int HeaderBytes = 64;

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

    /// <summary>Whether the results of such images are computed in tiles.</summary>
    public static bool Tiles(QuantizedWindow window, Shape images, MaxPooling? pooling)
    {
        if (window.Convolution is not { } convolution || !TileAxis.Fits(convolution.Sizes(images, window.Weights)))
        {
            return false;
        }

        ConvolutionShape shape = convolution.Sizes(images, window.Weights);
        return pooling is null || TileAxis.Fits(PoolingWork.Of(pooling.Sizes(shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Outputs)));
    }

    /// <summary>The bytes of packed weights.</summary>
    internal static long BytesOf<TVector, TLanes>(QuantizedWindow window)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector> =>
        window.IsDepthwise ? (long)window.Weights.ElementCount * sizeof(short)
        : window.IsNarrow ? (long)window.Weights.ElementCount * sizeof(float)
        : window.IsTiled ? HeaderBytes + Math.Max(LayoutOf(window, 2 * TLanes.Count).Bytes, FiltersOf(window, 2 * TLanes.Count).Bytes)
        : LayoutOf(window, 2 * TLanes.Count).Bytes;

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
            Pack<sbyte>(window, 2 * TLanes.Count, inputs, outputs);
        }
        else
        {
            Pack<byte>(window, 2 * TLanes.Count, inputs, outputs);
        }
    }

    /// <summary>Computes a product or convolution.</summary>
    internal static void Multiply<TVector, TLanes>(QuantizedProduct op, Tensor[] inputs, Tensor output)
        where TVector : struct
        where TLanes : struct, IQuadLanes<TVector> => new Call(op, inputs, output).Run<TVector, TLanes>();

    // Weights of tiles begin with a header that says whether the sums can be told from those of tiles; if not they are packed for direct sums.
    private static void Pack<TByte>(QuantizedWindow window, int width, Tensor[] inputs, Tensor[] outputs)
        where TByte : unmanaged
    {
        TByte* weights = inputs[0].Pointer<TByte>(), zeroPoints = inputs[1].Pointer<TByte>();
        int zeroPointStep = inputs[1].ElementCount > 1 ? 1 : 0;
        sbyte* packed = outputs[0].Pointer<sbyte>();
        int* sums = outputs[1].Pointer<int>();
        if (window.IsNarrow)
        {
            NarrowWindows.Pack(weights, zeroPoints, zeroPointStep, window.Weights.ElementCount / window.Outputs, window.Outputs, (float*)packed, sums);
            return;
        }

        if (window.IsTiled)
        {
            bool holds = TiledFilters.Holds(weights, zeroPoints, zeroPointStep, window.Weights.ElementCount / window.Outputs, window.Outputs);
            *(int*)packed = holds ? 1 : 0;
            packed += HeaderBytes;
            if (holds)
            {
                FiltersOf(window, width).Pack(weights, zeroPoints, zeroPointStep, (short*)packed, sums);
                return;
            }
        }

        QuadPacking<TByte>.Pack(LayoutOf(window, width), weights, zeroPoints, zeroPointStep, packed, sums);
    }

    private static TiledFilters FiltersOf(QuantizedWindow window, int width) => new(window.Weights[2], window.Weights[3], width);

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

            sbyte* packed = inputs[1].Pointer<sbyte>();
            if (op.Window.IsTiled && *(int*)packed != 0)
            {
                TiledConvolution<TVector, TLanes>.Run(OfTiles(op.Window.Convolution!.Sizes(inputs[0].Shape, op.Window.Weights), 2 * TLanes.Count));
                return;
            }

            QuantizedWork work = op.Window.Convolution is { } convolution
                ? OfConvolution(convolution.Sizes(inputs[0].Shape, op.Window.Weights), 2 * TLanes.Count)
                : OfProduct(2 * TLanes.Count);
            work.Source = inputs[0].Pointer<byte>();
            work.Packed = packed + (op.Window.IsTiled ? HeaderBytes : 0);
            work.Results = Results();
            QuantizedWindows<TVector, TLanes>.Run(work);
        }

        private TiledWork OfTiles(in ConvolutionShape shape, int width)
        {
            TiledWork work = TiledWork.Of(shape, op.Pooling is not null);
            work.Images = inputs[0].Pointer<byte>();
            work.Layout = FiltersOf(op.Window, width);
            work.Filters = (short*)(inputs[1].Pointer<sbyte>() + HeaderBytes);
            work.Results = Results();
            return work;
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
            (bool isDepthwise, bool isNarrow) = (op.Window.IsDepthwise, op.Window.IsNarrow);
            QuadLayout layout = isDepthwise
                ? new QuadLayout(shape.KernelHeight * shape.KernelWidth, 1, 1, shape.Outputs, (shape.Outputs + ChannelLanes - 1) / ChannelLanes * ChannelLanes, 1)
                : isNarrow ? new QuadLayout(shape.KernelHeight * shape.KernelWidth * shape.Inputs, 1, 1, shape.Outputs, shape.Outputs, 1)
                : LayoutOf(op.Window, width);
            QuantizedWork work = new()
            {
                Frame = new SourceFrame(
                    shape.Batch, shape.Height, shape.Width, shape.Inputs, shape.PadTop, shape.PadLeft, shape.PaddedHeight, shape.PaddedWidth),
                InPlace = !shape.IsPadded && (isDepthwise || isNarrow || !layout.ReachesBeyond),
                IsDepthwise = isDepthwise,
                IsNarrow = isNarrow,
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
            if (!work.IsDepthwise && !work.IsNarrow)
            {
                work.Layout.SetOffsets(shape, work.Frame.RowStride, work.Offsets);
                return;
            }

            // One for each tap of each channel alone, or for each element of a window.
            int elements = work.IsNarrow ? shape.Inputs : 1;
            for (int step = 0; step < work.Layout.Segments; step++)
            {
                (int tap, int element) = Math.DivRem(step, elements);
                (int y, int x) = Math.DivRem(tap, shape.KernelWidth);
                work.Offsets[step] = (y * shape.DilationY * work.Frame.RowStride) + ((nint)x * shape.DilationX * shape.Inputs) + element;
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
