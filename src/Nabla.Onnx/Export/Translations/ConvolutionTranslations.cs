using Nabla.Graphs.Free;
using Nabla.Onnx.Protos;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Convolutions, whose images have their channels first in the format.</summary>
internal static class ConvolutionTranslations
{
    // From [height, width, inputs, outputs].
    private static readonly Shape OutputsFirst = [3, 2, 0, 1];

    /// <summary>The form of images in the format.</summary>
    public static Shape ChannelsFirst { get; } = [0, 3, 1, 2];

    public static Dictionary<Type, Translation> All { get; } = new()
    {
        [typeof(Convolution)] = node => Convolve(node, (Convolution)node.Op, pooling: null),
        [typeof(PooledConvolution)] = node =>
        {
            node.RequireFirstAlone();
            PooledConvolution op = (PooledConvolution)node.Op;
            Convolve(node, op.Convolution, op.Pooling);
        },
        [typeof(ConvolutionInputGradient)] = Transposed,
    };

    /// <summary>The attributes of a window.</summary>
    public static AttributeProto[] Attributes(Window window, int height, int width) =>
    [
        Export.Attributes.Ints("kernel_shape", height, width),
        Export.Attributes.Ints("strides", window.StrideY, window.StrideX),
        Export.Attributes.Ints("pads", window.PadTop, window.PadLeft, window.PadBottom, window.PadRight),
    ];

    /// <summary>The attributes of a convolution.</summary>
    public static AttributeProto[] AllAttributes(Convolution op, Shape weights) =>
        [.. Attributes(op.Window, weights[0], weights[1]), Dilations(op.Window), Export.Attributes.Int("group", op.Groups)];

    private static void Convolve(NodeExport node, Convolution op, MaxPooling? pooling)
    {
        if (IntegerProducts.TryConvolve(node, op, pooling))
        {
            return;
        }

        string[] bias = op.HasBias(node.Inputs.Count) ? [node.Bias()] : [];
        string result = node.Write.Add(
            "Conv", [node.In(0, ChannelsFirst), node.In(1, OutputsFirst), .. bias],
            AllAttributes(op, node.Inputs[1].Type.Shape));
        result = op.Residual ? node.Write.Add(result, node.In(node.Inputs.Count - 1, ChannelsFirst)) : result;
        result = op.Relu ? node.Write.Add("Relu", [result]) : result;
        node.Give(
            pooling is null ? result : node.Write.Add("MaxPool", [result], Attributes(pooling.Window, pooling.Size.Height, pooling.Size.Width)), ChannelsFirst);
    }

    private static void Transposed(NodeExport node)
    {
        Convolution forward = ((ConvolutionInputGradient)node.Op).Forward;
        Window window = forward.Window;
        Shape weights = node.Inputs[1].Type.Shape;
        (FreeShape images, FreeShape result) = (node.Shape(0), node.ResultShape());
        int rows = Missing(node, images[1], result[1], window.StrideY, ((weights[0] - 1) * window.DilationY) + 1, window.PadTop + window.PadBottom);
        int columns = Missing(node, images[2], result[2], window.StrideX, ((weights[1] - 1) * window.DilationX) + 1, window.PadLeft + window.PadRight);
        node.Give(
            node.Write.Add(
                "ConvTranspose", [node.In(0, ChannelsFirst), node.In(1, OutputsFirst)],
                [.. Attributes(window, weights[0], weights[1]), Dilations(window), Export.Attributes.Int("group", forward.Groups), Export.Attributes.Ints("output_padding", rows, columns)]),
            ChannelsFirst);
    }

    // What the result has beyond what the windows span.
    private static int Missing(NodeExport node, FreeSize images, FreeSize result, int stride, int extent, int padding) =>
        images.Fixed is { } count && result.Fixed is { } size
            ? size - (((count - 1) * stride) + extent - padding)
            : throw node.Error("makes images whose size depends on free sizes");

    private static AttributeProto Dilations(Window window) => Export.Attributes.Ints("dilations", window.DilationY, window.DilationX);
}
