using Nabla.Layers;
using Nabla.Peers.Onnx;
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

    /// <summary>The same network as an ONNX model for batches of a size, ending with probabilities.</summary>
    public static byte[] ToOnnx(Sequential network, int batch)
    {
        OnnxWriter writer = new([batch, 1, 28, 28]);
        string x = OnnxWriter.Input;
        foreach (int layer in new[] { 0, 2 })
        {
            x = writer.Convolution(x, network.Layers[layer].Value("kernel"), network.Layers[layer].Value("bias"), stride: 1, padding: 0);
            x = writer.MaxPool(writer.Plain("Relu", x), 2);
        }

        (Module hidden, Module head) = (network.Layers[5], network.Layers[6]);
        x = writer.Dense(writer.Plain("Flatten", x), PeerLayers.ChannelsFirstKernel(hidden.Value("kernel"), FlattenedSize, FlattenedSize), hidden.Value("bias"));
        x = writer.Dense(writer.Plain("Relu", x), head.Value("kernel"), head.Value("bias"));
        return writer.Finish(writer.Plain("Softmax", x), [batch, 10]);
    }

    public static string Mode(bool compile) => compile ? "compiled" : "op by op";

    public static string Layout(bool channelsLast) => channelsLast ? "libtorch channels last" : "libtorch default layout";
}
