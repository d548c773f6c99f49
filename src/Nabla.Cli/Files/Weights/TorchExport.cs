using Nabla.Layers;

namespace Nabla.Cli.Files.Weights;

/// <summary>Names and lays out the parameters of a network as PyTorch's modules of the same names do, so that <c>load_state_dict</c> takes them.</summary>
internal static class TorchExport
{
    private const string Kernel = "kernel";

    private static readonly Dictionary<(string Kind, string Parameter), Func<Tensor, Tensor[]>> Layouts = new()
    {
        [(nameof(Dense), Kernel)] = Turned(1, 0),
        [(nameof(Conv1D), Kernel)] = Turned(2, 1, 0),
        [(nameof(Conv2D), Kernel)] = Turned(3, 2, 0, 1),
        [(nameof(Conv2DTranspose), Kernel)] = Turned(3, 2, 0, 1),
        [(nameof(DepthwiseConv2D), Kernel)] = Depthwise,
        [(nameof(Lstm), Kernel)] = Turned(1, 0),
        [(nameof(Lstm), "recurrentKernel")] = Turned(1, 0),
        [(nameof(Lstm), "bias")] = WithZeros,
        [(nameof(SimpleRnn), Kernel)] = Turned(1, 0),
        [(nameof(SimpleRnn), "recurrentKernel")] = Turned(1, 0),
        [(nameof(SimpleRnn), "bias")] = WithZeros,
        [(nameof(Gru), Kernel)] = Turned(1, 0),
        [(nameof(Gru), "recurrentKernel")] = Turned(1, 0),
    };

    /// <summary>The state dictionary of a network, in the order of its parameters.</summary>
    public static IEnumerable<KeyValuePair<string, Tensor>> StateOf(Sequential network) => NetworkParameters.Of(network).SelectMany(Entries);

    private static IEnumerable<KeyValuePair<string, Tensor>> Entries(PlacedParameter parameter)
    {
        string[] names = TorchLayout.Of(parameter.Kind, parameter.Name).Names;
        Tensor value = parameter is { Flattened: { } images, Name: Kernel } ? ChannelsFirst(parameter.Parameter.Value, images) : parameter.Parameter.Value;
        Tensor[] tensors = Layouts.TryGetValue((parameter.Kind, parameter.Name), out Func<Tensor, Tensor[]>? convert) ? convert(value) : [value];
        return names.Zip(tensors, (name, tensor) => KeyValuePair.Create(parameter.Module.Length == 0 ? name : $"{parameter.Module}.{name}", tensor));
    }

    // The rows of a dense layer behind flattened images stand in the order of rows, columns and channels here, and of channels, rows and columns there.
    private static Tensor ChannelsFirst(Tensor kernel, Shape images) =>
        kernel.Reshape(images[0], images[1], images[2], kernel.Shape[1]).Transpose(2, 0, 1, 3).Reshape(kernel.Shape[0], kernel.Shape[1]);

    private static Func<Tensor, Tensor[]> Turned(params int[] axes) => tensor => [tensor.Transpose(axes)];

    // Two biases are added there; one is enough.
    private static Tensor[] WithZeros(Tensor bias) => [bias, Tensor.Zeros(bias.Shape, bias.DataType)];

    // [height, width, channels, multiplier] here, [channels * multiplier, 1, height, width] there.
    private static Tensor[] Depthwise(Tensor kernel) =>
        [kernel.Transpose(2, 3, 0, 1).Reshape(kernel.Shape[2] * kernel.Shape[3], 1, kernel.Shape[0], kernel.Shape[1])];
}
