using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>Convolutions. Their kernels have the same shape here as in Keras.</summary>
internal static class KerasConvolutions
{
    public static KerasPart Conv1D(KerasOptions options)
    {
        KerasLayers.ChannelsLast(options);
        (int size, int dilation) = (options.Integer("kernel_size"), options.Integer("dilation_rate", 1));
        // A causal convolution sees the past alone.
        JsonNode? padding = options.Text("padding") == "causal" ? new JsonArray(0, 0, (size - 1) * dilation, 0) : Padding(options);
        return KerasKernels.Of(
            options,
            nameof(Nabla.Layers.Conv1D),
            ("filters", options.Integer("filters")),
            ("kernelSize", size),
            ("stride", options.Integer("strides", 1)),
            ("padding", padding),
            ("dilation", dilation),
            ("groups", options.Integer("groups", 1)));
    }

    public static KerasPart Conv2D(KerasOptions options) => KerasKernels.Of(
        options, nameof(Nabla.Layers.Conv2D), [("filters", options.Integer("filters")), ("groups", options.Integer("groups", 1)), .. Window(options)]);

    public static KerasPart Conv2DTranspose(KerasOptions options)
    {
        options.Ignore("groups");
        int[] kernel = options.Integers("kernel_size", 2);
        int[] strides = options.Integers("strides", 2, 1);
        bool same = options.Text("padding") == "same";
        options.Require("output_padding", !same || !options.Has("output_padding"), "the size follows from the stride with this padding here");
        // A stride that is larger than the kernel leaves rows behind the last window, which Keras counts in.
        int[] extra = same ? [0, 0] : options.Has("output_padding") ? options.Integers("output_padding", 2) : [.. kernel.Zip(strides, (size, stride) => Math.Max(0, stride - size))];
        return KerasKernels.Of(
            options,
            nameof(Nabla.Layers.Conv2DTranspose),
            [("filters", options.Integer("filters")), ("outputPadding", new JsonArray(extra[0], extra[1])), .. Window(options)]);
    }

    public static KerasPart DepthwiseConv2D(KerasOptions options)
    {
        options.Ignore("groups", "depthwise_regularizer", "kernel_regularizer");
        return KerasKernels.Of(options, nameof(Nabla.Layers.DepthwiseConv2D), [("multiplier", options.Integer("depth_multiplier", 1)), .. Window(options)]);
    }

    public static KerasPart SeparableConv2D(KerasOptions options)
    {
        options.Ignore("groups", "depthwise_regularizer", "pointwise_regularizer", "kernel_regularizer");
        return KerasKernels.Of(
            options,
            nameof(Nabla.Layers.SeparableConv2D),
            [("filters", options.Integer("filters")), ("multiplier", options.Integer("depth_multiplier", 1)), .. Window(options)]);
    }

    /// <summary>The padding as Nabla's model files have it.</summary>
    public static JsonNode? Padding(KerasOptions options)
    {
        string padding = options.Text("padding") ?? "valid";
        options.Require("padding", padding is "valid" or "same", "valid and same are what there is");
        return padding == "same" ? nameof(Nabla.Padding.Same) : null;
    }

    private static (string Name, JsonNode? Value)[] Window(KerasOptions options) =>
    [
        ("kernelSize", KerasLayers.ChannelsLast(options).Size("kernel_size")),
        ("stride", options.Size("strides", 1)),
        ("padding", Padding(options)),
        ("dilation", options.Size("dilation_rate", 1)),
    ];
}
