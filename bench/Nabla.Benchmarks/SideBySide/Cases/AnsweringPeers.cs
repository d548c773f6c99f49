using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The peers that answer images with probabilities: libtorch in both layouts, ONNX Runtime with one thread and with as many as the machine has.</summary>
internal static class AnsweringPeers
{
    /// <summary>All of them.</summary>
    /// <param name="images">What is answered, <c>[batch, height, width, channels]</c>.</param>
    /// <param name="network">libtorch's network in a layout, ending with logits.</param>
    /// <param name="model">The same network as an ONNX model, ending with probabilities.</param>
    public static Rival[] Of(Tensor images, Func<bool, torch.nn.Module<torch.Tensor, torch.Tensor>> network, byte[] model)
    {
        Tensor channelsFirst = images.Transpose(0, 3, 1, 2);
        return
        [
            .. new[] { false, true }.Select(channelsLast => Libtorch(images, network(channelsLast), channelsLast)),
            .. OnnxRuntime(model, channelsFirst),
        ];
    }

    /// <summary>ONNX Runtime with one thread and with as many as the machine has.</summary>
    public static IEnumerable<Rival> OnnxRuntime(byte[] model, params IReadOnlyList<Tensor> inputs) =>
        new[] { 1, Environment.ProcessorCount }.Distinct().Select(threads => Rival.OnnxRuntime(model, threads, inputs));

    /// <summary>libtorch's probabilities from a network that ends with logits.</summary>
    public static torch.Tensor[] Answer(torch.nn.Module<torch.Tensor, torch.Tensor> network, torch.Tensor input)
    {
        using IDisposable inference = torch.inference_mode();
        using DisposeScope scope = torch.NewDisposeScope();
        return [network.forward(input).softmax(-1).DetachFromDisposeScope()];
    }

    private static Rival Libtorch(Tensor images, torch.nn.Module<torch.Tensor, torch.Tensor> network, bool channelsLast)
    {
        network.eval();
        torch.Tensor input = PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast);
        return Rival.Libtorch(DigitsNetwork.Layout(channelsLast), () => Answer(network, input));
    }
}
