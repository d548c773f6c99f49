using Nabla.Layers;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The digits network: training with Adam on batches of 64 images, and answering.</summary>
internal static class DigitsCases
{
    private const double LearningRate = 0.001;
    private const int Batch = 64;

    public static IEnumerable<Duel> Training()
    {
        yield return Training(channelsLast: false);
        yield return Training(channelsLast: true);
    }

    public static IEnumerable<Duel> Inference()
    {
        yield return Inference(Batch, Metric.Images(Batch), channelsLast: false);
        yield return Inference(Batch, Metric.Images(Batch), channelsLast: true);
        yield return Inference(1, Metric.Microseconds, channelsLast: false);
        yield return Inference(1, Metric.Microseconds, channelsLast: true);
    }

    private static Duel Training(bool channelsLast)
    {
        Sequential network = DigitsNetwork.Create();
        Tensor images = DigitsNetwork.Images(Batch);
        int[] labels = [.. Enumerable.Range(0, Batch).Select(index => index * 7 % 10)];
        TrainedNetwork ours = new(network, images, Tensor.From(labels), LearningRate);
        TrainedPeer theirs = new(
            DigitsNetwork.CreatePeer(network, channelsLast), PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast),
            torch.tensor(Array.ConvertAll(labels, label => (long)label)), LearningRate);
        return new Duel($"training step of {Batch}, {DigitsNetwork.Layout(channelsLast)}", Metric.Images(Batch), ours.Step, theirs.Step)
        {
            ComparedCalls = 5,
            Tolerance = 1e-4,
        };
    }

    private static Duel Inference(int batch, Metric metric, bool channelsLast)
    {
        Sequential network = DigitsNetwork.Create();
        Tensor images = DigitsNetwork.Images(batch);
        torch.nn.Module<torch.Tensor, torch.Tensor> peer = DigitsNetwork.CreatePeer(network, channelsLast);
        peer.eval();
        torch.Tensor input = PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast);
        return new Duel($"batch of {batch}, {DigitsNetwork.Layout(channelsLast)}", metric, () => [network.Forward(images)], () => Answer(peer, input));
    }

    private static torch.Tensor[] Answer(torch.nn.Module<torch.Tensor, torch.Tensor> network, torch.Tensor images)
    {
        using IDisposable inference = torch.inference_mode();
        using DisposeScope scope = torch.NewDisposeScope();
        return [network.forward(images).softmax(-1).DetachFromDisposeScope()];
    }
}
