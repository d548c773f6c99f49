using Nabla.Layers;
using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Training steps of a dense network, 784-512-512-10 with rectifiers: forward, backward and Adam.</summary>
internal static class MlpCase
{
    // So small that thousands of steps do not learn the batches by heart: then gradients would vanish, and with them the work.
    private const double LearningRate = 0.00001;
    private static readonly int[] Widths = [784, 512, 512, 10];

    public static IEnumerable<Duel> Duels()
    {
        foreach (int batch in new[] { 32, 128, 512 })
        {
            yield return Training(batch, compile: true);
        }

        yield return Training(128, compile: false);
    }

    private static Duel Training(int batch, bool compile)
    {
        Sequential network = new(
            [Widths[0]], seed: 1, new Dense(Widths[1], ActivationKind.Relu), new Dense(Widths[2], ActivationKind.Relu), new Dense(Widths[3], ActivationKind.Softmax));
        IReadOnlyList<(Tensor Images, Tensor Labels)> batches =
            [.. DigitBatches.Of(batch).Select(digits => (digits.Images.Reshape([batch, Widths[0]]), digits.Labels))];
        TrainedNetwork ours = new(network, batches, LearningRate, compile);
        TrainedPeer theirs = new(Peer(network), images => images.ToTorch(), batches, LearningRate);
        return new Duel($"training, batch of {batch}, {DigitsNetwork.Mode(compile)}", Metric.Images(batch), ours.Step, theirs.Step) { ComparedCalls = 5, Tolerance = 1e-4 };
    }

    private static torch.nn.Module<torch.Tensor, torch.Tensor> Peer(Sequential network) => torch.nn.Sequential(
        PeerLayers.Dense(network.Layers[0]), torch.nn.ReLU(), PeerLayers.Dense(network.Layers[1]), torch.nn.ReLU(), PeerLayers.Dense(network.Layers[2]));
}
