using Nabla.Layers;
using Nabla.Peers;
using TorchSharp;
using TorchSharp.Modules;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>libtorch's layers with the weights of ours.</summary>
internal static class PeerLayers
{
    public static Linear Dense(Module layer)
    {
        torch.Tensor kernel = layer.Value("kernel").ToTorch(), bias = layer.Value("bias").ToTorch();
        Linear linear = torch.nn.Linear(kernel.shape[0], kernel.shape[1]);
        linear.weight = new TorchSharp.Modules.Parameter(kernel.t().contiguous());
        linear.bias = new TorchSharp.Modules.Parameter(bias);
        return linear;
    }

    /// <summary>A dense layer behind a flattening of images: libtorch flattens [channels, height, width].</summary>
    public static Linear DenseOfImages(Module layer, int height, int width)
    {
        Linear linear = Dense(layer);
        linear.weight = new TorchSharp.Modules.Parameter(ChannelsFirstKernel(layer.Value("kernel"), height, width).ToTorch().t().contiguous());
        return linear;
    }

    /// <summary>The kernel <c>[inputs, units]</c> of a dense layer behind a flattening, for images that are flattened channels first.</summary>
    public static Tensor ChannelsFirstKernel(Tensor kernel, int height, int width) =>
        kernel.Reshape(height, width, -1, kernel.Shape[1]).Transpose(2, 0, 1, 3).Reshape(kernel.Shape.AsSpan());

    /// <summary>The value of one of a layer's own parameters.</summary>
    public static Tensor Value(this Module layer, string name) => layer.NamedParameters.Single(parameter => parameter.Key == name).Value.Value;

    /// <summary>A convolution, with a bias if ours has one.</summary>
    public static TorchSharp.Modules.Conv2d Convolution(Module layer, bool channelsLast, int stride = 1, int padding = 0)
    {
        torch.Tensor kernel = layer.Value("kernel").ToTorch();
        bool hasBias = layer.NamedParameters.Any(parameter => parameter.Key == "bias");
        TorchSharp.Modules.Conv2d convolution = torch.nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[0], stride, padding, bias: hasBias);
        convolution.weight = new TorchSharp.Modules.Parameter(InLayout(kernel.KernelLast(), channelsLast));
        if (hasBias)
        {
            convolution.bias = new TorchSharp.Modules.Parameter(layer.Value("bias").ToTorch());
        }

        return convolution;
    }

    /// <summary>Images or weights [outer, channels, height, width] in libtorch's default layout or in channels last.</summary>
    /// <remarks>The default layout is copied into: images of one channel count as contiguous in both, and libtorch goes by their strides.</remarks>
    public static torch.Tensor InLayout(torch.Tensor tensor, bool channelsLast) =>
        channelsLast ? tensor.ChannelsLast().contiguous().ChannelsFirst() : torch.empty(tensor.shape).copy_(tensor);
}
