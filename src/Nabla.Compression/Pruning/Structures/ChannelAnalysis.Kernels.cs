using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Layers with a kernel.</summary>
internal sealed partial class ChannelAnalysis
{
    private const string Kernel = "kernel";
    private const string Bias = "bias";

    private int[] ThroughKernel(Layer layer, JsonObject json, int[] input)
    {
        int[] output = layer switch
        {
            Dense => Making(layer, json, "units", input, reads: 0, makes: 1),
            DepthwiseConv2D => ThroughDepthwise(layer, json, input),
            SeparableConv2D => ThroughSeparable(layer, json, input),
            Conv1D => ThroughGroups(layer, json, input, reads: 1),
            Conv2D => ThroughGroups(layer, json, input, reads: 2),
            Conv2DTranspose => Making(layer, json, "filters", input, reads: 3, makes: 2),
            RecurrentLayer => ThroughRecurrent(layer, json, input),
            _ => Leave(layer, input),
        };
        PinIfRows(layer, json, output);
        return output;
    }

    private int[] Making(Layer layer, JsonObject json, string size, int[] input, int reads, int makes)
    {
        int[] output = Sets.Add(layer.OutputShape(layer.InputShape!)[-1]);
        Note(layer, Kernel, reads, input, ChannelRole.Reads);
        Note(layer, Kernel, makes, output, ChannelRole.Makes);
        Note(layer, Bias, 0, output, ChannelRole.Follows);
        Size(layer, json, size, output);
        return output;
    }

    private int[] ThroughDepthwise(Layer layer, JsonObject json, int[] input)
    {
        int[] output = Stretched(input, json["multiplier"] is { } multiplier ? (int)multiplier : 1);
        Note(layer, Kernel, 2, input, ChannelRole.Follows);
        Note(layer, Bias, 0, output, ChannelRole.Follows);
        return output;
    }

    private int[] ThroughSeparable(Layer layer, JsonObject json, int[] input)
    {
        int[] output = Sets.Add(layer.OutputShape(layer.InputShape!)[-1]);
        int[] between = Stretched(input, json["multiplier"] is { } multiplier ? (int)multiplier : 1);
        Note(layer, "depthwise_kernel", 2, input, ChannelRole.Reads);
        Note(layer, "pointwise_kernel", 2, between, ChannelRole.Reads);
        Note(layer, "pointwise_kernel", 3, output, ChannelRole.Makes);
        Note(layer, Bias, 0, output, ChannelRole.Follows);
        Size(layer, json, "filters", output);
        return output;
    }

    // A group for each channel is a depthwise convolution; other groups would have to lose as many channels each.
    private int[] ThroughGroups(Layer layer, JsonObject json, int[] input, int reads)
    {
        int groups = json["groups"] is { } given ? (int)given : 1;
        int filters = (int)json["filters"]!;
        if (groups == 1)
        {
            return Making(layer, json, "filters", input, reads, reads + 1);
        }

        if (groups == input.Length && groups == filters)
        {
            Note(layer, Kernel, reads + 1, input, ChannelRole.Follows);
            Note(layer, Bias, 0, input, ChannelRole.Follows);
            sizes.Add(new ChannelSize(layer.Path, layer.Kind, "filters", input, count => (json["filters"], json["groups"]) = (count, count)));
            return input;
        }

        left.Add(new LeftLayer(layer.Path, layer.Kind, $"its {groups} groups would have to lose as many channels each"));
        Sets.Pin(input, $"{layer.Label} behind it has {groups} groups");
        return Pinned(layer.OutputShape(layer.InputShape!), $"{layer.Label} has {groups} groups");
    }

    // The gates stand one behind the other, each with all units.
    private int[] ThroughRecurrent(Layer layer, JsonObject json, int[] input)
    {
        int[] output = Sets.Add((int)json["units"]!);
        Parameter kernel = layer.OwnParameters.First(parameter => parameter.Name == Kernel);
        int[] gates = Repeated(output, kernel.Type.Shape[1]);
        Note(layer, Kernel, 0, input, ChannelRole.Reads);
        Note(layer, Kernel, 1, gates, ChannelRole.Makes);
        Note(layer, Bias, 0, gates, ChannelRole.Follows);
        Note(layer, "recurrentKernel", 0, output, ChannelRole.Reads);
        Note(layer, "recurrentKernel", 1, gates, ChannelRole.Makes);
        Note(layer, "recurrentBias", 0, gates, ChannelRole.Follows);
        Size(layer, json, "units", output);
        return output;
    }
}
