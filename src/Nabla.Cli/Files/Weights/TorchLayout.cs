using Nabla.Layers;

namespace Nabla.Cli.Files.Weights;

/// <summary>How PyTorch names and lays out the parameters of each kind of layer.</summary>
internal static class TorchLayout
{
    private static readonly Dictionary<(string Kind, string Parameter), TorchTensor> Layouts = new()
    {
        [(nameof(Dense), "kernel")] = new(["weight"], Turned(1, 0)),
        [(nameof(Conv1D), "kernel")] = new(["weight"], Turned(2, 1, 0)),
        [(nameof(Conv2D), "kernel")] = new(["weight"], Turned(2, 3, 1, 0)),
        [(nameof(Conv2DTranspose), "kernel")] = new(["weight"], Turned(2, 3, 1, 0)),
        [(nameof(DepthwiseConv2D), "kernel")] = new(["weight"], Depthwise),
        [(nameof(Embedding), "embeddings")] = new(["weight"], AsItIs),
        [(nameof(BatchNorm), "scale")] = new(["weight"], AsItIs),
        [(nameof(BatchNorm), "mean")] = new(["running_mean"], AsItIs),
        [(nameof(BatchNorm), "variance")] = new(["running_var"], AsItIs),
        [(nameof(LayerNorm), "scale")] = new(["weight"], AsItIs),
        [(nameof(GroupNorm), "scale")] = new(["weight"], AsItIs),
        [(nameof(RmsNorm), "scale")] = new(["weight"], AsItIs),
        [(nameof(PRelu), "slope")] = new(["weight"], AsItIs),
        [(nameof(Lstm), "kernel")] = new(["weight_ih_l0"], Turned(1, 0)),
        [(nameof(Lstm), "recurrentKernel")] = new(["weight_hh_l0"], Turned(1, 0)),
        [(nameof(Lstm), "bias")] = new(["bias_ih_l0", "bias_hh_l0"], Sum),
        [(nameof(SimpleRnn), "kernel")] = new(["weight_ih_l0"], Turned(1, 0)),
        [(nameof(SimpleRnn), "recurrentKernel")] = new(["weight_hh_l0"], Turned(1, 0)),
        [(nameof(SimpleRnn), "bias")] = new(["bias_ih_l0", "bias_hh_l0"], Sum),
        [(nameof(Gru), "kernel")] = new(["weight_ih_l0"], Turned(1, 0)),
        [(nameof(Gru), "recurrentKernel")] = new(["weight_hh_l0"], Turned(1, 0)),
        [(nameof(Gru), "bias")] = new(["bias_ih_l0"], AsItIs),
        [(nameof(Gru), "recurrentBias")] = new(["bias_hh_l0"], AsItIs),
    };

    /// <summary>Where a parameter of a layer stands in a state dictionary, below the layer's name; a bias is called so there too.</summary>
    public static TorchTensor Of(string kind, string parameter) => Layouts.GetValueOrDefault((kind, parameter), new TorchTensor([parameter], AsItIs));

    /// <summary>What PyTorch keeps beside parameters, and Nabla does not need.</summary>
    public static bool IsNeedless(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    /// <summary>
    /// The kernel of a dense layer behind flattened images: the rows stand in the order of channels, rows and columns there, and of rows, columns and
    /// channels here. Null when the sizes are others.
    /// </summary>
    /// <param name="kernel">The kernel <c>[inputs, units]</c>.</param>
    /// <param name="images">The shape <c>[height, width, channels]</c> of what was flattened.</param>
    public static Tensor? ChannelsLast(Tensor kernel, Shape images) => images.Rank == 3 && kernel.Rank == 2 && kernel.Shape[0] == images.ElementCount
        ? kernel.Reshape(images[2], images[0], images[1], kernel.Shape[1]).Transpose(1, 2, 0, 3).Reshape(kernel.Shape[0], kernel.Shape[1])
        : null;

    private static Tensor? AsItIs(Tensor[] tensors, Shape shape) => tensors[0];

    private static Tensor? Sum(Tensor[] tensors, Shape shape) => tensors[0].Shape == tensors[1].Shape ? tensors[0] + tensors[1] : null;

    private static Func<Tensor[], Shape, Tensor?> Turned(params int[] axes) =>
        (tensors, _) => tensors[0].Rank == axes.Length ? tensors[0].Transpose(axes) : null;

    // [channels * multiplier, 1, height, width] there.
    private static Tensor? Depthwise(Tensor[] tensors, Shape shape) =>
        tensors[0].Shape is { Rank: 4 } there && there[0] == shape[2] * shape[3] && there[1] == 1
            ? tensors[0].Reshape(shape[2], shape[3], there[2], there[3]).Transpose(2, 3, 0, 1)
            : null;
}

/// <summary>The tensors of a state dictionary that make one parameter.</summary>
/// <param name="Names">Their names below that of the layer.</param>
/// <param name="Convert">Makes the parameter of them, given its shape; null where their shapes are others.</param>
internal sealed record TorchTensor(string[] Names, Func<Tensor[], Shape, Tensor?> Convert);
