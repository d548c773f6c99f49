using Nabla.Layers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The digits network of the README, ours and libtorch's with the same weights.</summary>
internal static class DigitsNetwork
{
    private const int FlattenedSize = 5;

    public static Sequential Create() => new(
        [28, 28, 1],
        seed: 1,
        new Conv2D(32, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Conv2D(64, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Flatten(),
        new Dense(64, ActivationKind.Relu),
        new Dense(10, ActivationKind.Softmax));

    /// <summary>The same network, ending with logits.</summary>
    public static torch.nn.Module<torch.Tensor, torch.Tensor> CreatePeer(Sequential network, bool channelsLast) => torch.nn.Sequential(
        PeerLayers.Convolution(network.Layers[0], channelsLast), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        PeerLayers.Convolution(network.Layers[2], channelsLast), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        PeerLayers.DenseOfImages(network.Layers[5], FlattenedSize, FlattenedSize), torch.nn.ReLU(),
        PeerLayers.Dense(network.Layers[6]));

    public static string Mode(bool compile) => compile ? "compiled" : "op by op";

    public static string Layout(bool channelsLast) => channelsLast ? "libtorch channels last" : "libtorch default layout";
}
