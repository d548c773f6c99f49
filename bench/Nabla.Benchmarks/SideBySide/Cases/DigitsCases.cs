using Nabla.Layers;
using Nabla.Peers;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The digits network: training with Adam on batches of 64 images, and answering.</summary>
internal static class DigitsCases
{
    private const double LearningRate = 0.001;
    private const int Batch = 64;

    public static IEnumerable<Duel> Training()
    {
        foreach (bool compile in new[] { true, false })
        {
            yield return Training(compile, channelsLast: false);
            yield return Training(compile, channelsLast: true);
        }
    }

    public static IEnumerable<Duel> Inference()
    {
        foreach ((int batch, Metric metric) in new[] { (Batch, Metric.Images(Batch)), (1, Metric.Microseconds) })
        {
            foreach (bool compile in new[] { true, false })
            {
                yield return Inference(batch, metric, compile, channelsLast: false);
                yield return Inference(batch, metric, compile, channelsLast: true);
            }
        }
    }

    private static Duel Training(bool compile, bool channelsLast)
    {
        Sequential network = DigitsNetwork.Create();
        IReadOnlyList<(Tensor Images, Tensor Labels)> batches = DigitBatches.Of(Batch);
        TrainedPeer theirs = new(
            DigitsNetwork.CreatePeer(network, channelsLast), images => PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast), batches, LearningRate);
        TrainedNetwork ours = new(network, batches, LearningRate, compile);
        return new Duel($"batch of {Batch}, {DigitsNetwork.Mode(compile)}, {DigitsNetwork.Layout(channelsLast)}", Metric.Images(Batch), ours.Step, theirs.Step)
        {
            ComparedCalls = 5,
            Tolerance = 1e-4,
        };
    }

    private static Duel Inference(int batch, Metric metric, bool compile, bool channelsLast)
    {
        Sequential network = DigitsNetwork.Create();
        Tensor images = DigitBatches.Of(batch)[0].Images;
        torch.nn.Module<torch.Tensor, torch.Tensor> peer = DigitsNetwork.CreatePeer(network, channelsLast);
        peer.eval();
        torch.Tensor input = PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast);
        Func<Tensor, Tensor> answer = compile ? Compilation.Compile(network.Forward) : network.Forward;
        return new Duel(
            $"batch of {batch}, {DigitsNetwork.Mode(compile)}, {DigitsNetwork.Layout(channelsLast)}", metric, () => [answer(images)], () => Answer(peer, input));
    }

    private static torch.Tensor[] Answer(torch.nn.Module<torch.Tensor, torch.Tensor> network, torch.Tensor images)
    {
        using IDisposable inference = torch.inference_mode();
        using DisposeScope scope = torch.NewDisposeScope();
        return [network.forward(images).softmax(-1).DetachFromDisposeScope()];
    }
}
