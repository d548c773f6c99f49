using Nabla.Layers;
using Nabla.Peers.Onnx;
using TorchSharp;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Nabla's ResNet by libtorch and as an ONNX model, with the same weights.</summary>
internal static class ResNetPeer
{
    private const float Epsilon = 1e-5f;

    /// <summary>libtorch's network, ending with logits.</summary>
    public static TorchModule Create(Sequential network, bool channelsLast)
    {
        List<TorchModule> modules = [];
        Shape shape = network.InputShape;
        foreach (Layer layer in network.Layers)
        {
            modules.AddRange(Modules(layer, shape, channelsLast));
            shape = layer.OutputShape(shape);
        }

        return torch.nn.Sequential(modules);
    }

    /// <summary>The ONNX model for batches of a size, ending with probabilities.</summary>
    public static byte[] ToOnnx(Sequential network, int batch)
    {
        Shape shape = network.InputShape;
        OnnxWriter writer = new([batch, shape[2], shape[0], shape[1]]);
        string x = OnnxWriter.Input;
        foreach (Layer layer in network.Layers)
        {
            x = Write(writer, x, layer);
        }

        return writer.Finish(writer.Plain("Softmax", x), [batch, network.OutputShape[0]]);
    }

    private static IEnumerable<TorchModule> Modules(Module layer, Shape input, bool channelsLast) => layer switch
    {
        Conv2D convolution => [PeerLayers.Convolution(layer, channelsLast, convolution.Stride.Height, convolution.Padding.Top)],
        BatchNorm => [torch.nn.BatchNorm2d(input[2], Epsilon)],
        Activation => [torch.nn.ReLU()],
        Residual => [new ResidualPeer(Chain(layer.Children["body"], input, channelsLast), layer.Children.TryGetValue("shortcut", out Module? shortcut) ? Chain(shortcut, input, channelsLast) : null)],
        GlobalAveragePool2D => [torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()],
        Dense => [PeerLayers.Dense(layer)],
        _ => throw new NotSupportedException(layer.GetType().Name),
    };

    private static TorchModule Chain(Module chain, Shape input, bool channelsLast)
    {
        List<TorchModule> modules = [];
        foreach (Layer layer in ((Chain)chain).Layers)
        {
            modules.AddRange(Modules(layer, input, channelsLast));
            input = layer.OutputShape(input);
        }

        return torch.nn.Sequential(modules);
    }

    private static string Write(OnnxWriter writer, string x, Module layer) => layer switch
    {
        Conv2D convolution => writer.Convolution(x, layer.Value("kernel"), null, convolution.Stride.Height, convolution.Padding.Top),
        BatchNorm => writer.BatchNormalization(x, layer.Value("scale"), layer.Value("bias"), layer.Value("mean"), layer.Value("variance"), Epsilon),
        Activation => writer.Plain("Relu", x),
        Chain chain => chain.Layers.Aggregate(x, (y, part) => Write(writer, y, part)),
        Residual => writer.Plain("Relu", writer.Plain(
            "Add", Write(writer, x, layer.Children["body"]), layer.Children.TryGetValue("shortcut", out Module? shortcut) ? Write(writer, x, shortcut) : x)),
        GlobalAveragePool2D => writer.Plain("Flatten", writer.Plain("GlobalAveragePool", x)),
        Dense => writer.Dense(x, layer.Value("kernel"), layer.Value("bias")),
        _ => throw new NotSupportedException(layer.GetType().Name),
    };
}

/// <summary>A residual block of libtorch's.</summary>
internal sealed class ResidualPeer : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly TorchModule body;
    private readonly TorchModule? shortcut;

    public ResidualPeer(TorchModule body, TorchModule? shortcut)
        : base(nameof(ResidualPeer))
    {
        (this.body, this.shortcut) = (body, shortcut);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.relu(body.forward(input).add_(shortcut?.forward(input) ?? input), inplace: true);
}
