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
        torch.Tensor kernel = Weights(layer, "kernel"), bias = Weights(layer, "bias");
        Linear linear = torch.nn.Linear(kernel.shape[0], kernel.shape[1]);
        linear.weight = new TorchSharp.Modules.Parameter(kernel.t().contiguous());
        linear.bias = new TorchSharp.Modules.Parameter(bias);
        return linear;
    }

    /// <summary>A dense layer behind a flattening of images: libtorch flattens [channels, height, width].</summary>
    public static Linear DenseOfImages(Module layer, int height, int width)
    {
        torch.Tensor kernel = Weights(layer, "kernel");
        Linear linear = Dense(layer);
        torch.Tensor images = kernel.reshape(height, width, -1, kernel.shape[1]);
        linear.weight = new TorchSharp.Modules.Parameter(images.permute(3, 2, 0, 1).reshape(kernel.shape[1], -1).contiguous());
        return linear;
    }

    public static TorchSharp.Modules.Conv2d Convolution(Module layer, bool channelsLast)
    {
        torch.Tensor kernel = Weights(layer, "kernel"), bias = Weights(layer, "bias");
        TorchSharp.Modules.Conv2d convolution = torch.nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[0]);
        convolution.weight = new TorchSharp.Modules.Parameter(InLayout(kernel.KernelLast(), channelsLast));
        convolution.bias = new TorchSharp.Modules.Parameter(bias);
        return convolution;
    }

    /// <summary>Images or weights [outer, channels, height, width] in libtorch's default layout or in channels last.</summary>
    /// <remarks>The default layout is copied into: images of one channel count as contiguous in both, and libtorch goes by their strides.</remarks>
    public static torch.Tensor InLayout(torch.Tensor tensor, bool channelsLast) =>
        channelsLast ? tensor.ChannelsLast().contiguous().ChannelsFirst() : torch.empty(tensor.shape).copy_(tensor);

    private static torch.Tensor Weights(Module layer, string name) => layer.NamedParameters.Single(parameter => parameter.Key == name).Value.Value.ToTorch();
}
