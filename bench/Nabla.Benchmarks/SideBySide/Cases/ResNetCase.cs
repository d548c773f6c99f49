using Nabla.Layers;
using Nabla.Peers;
using Nabla.Transforms;
using Nabla.Vision;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>ResNet-18 for images of 32 x 32: training with Adam, and answering.</summary>
internal static class ResNetCase
{
    private const double LearningRate = 0.001;
    private const int Batch = 32;
    private const int Classes = 10;

    public static IEnumerable<Duel> Duels()
    {
        yield return Training();
        yield return Inference(Batch, Metric.Images(Batch));
        yield return Inference(1, Metric.Microseconds);
    }

    private static Tensor Images(int batch, long seed) => RandomKey.FromSeed(seed).Uniform([batch, 32, 32, 3]);

    private static Duel Training()
    {
        Sequential network = ResNet.Create18(Classes);
        Tensor labels = Tensor.From([.. Enumerable.Range(0, Batch).Select(index => index * 7 % Classes)]);
        (Tensor Images, Tensor Labels)[] batches = [.. Enumerable.Range(0, 4).Select(index => (Images(Batch, index), labels))];
        Rival[] rivals = [.. new[] { false, true }.Select(channelsLast => Rival.Libtorch(
            DigitsNetwork.Layout(channelsLast),
            new TrainedPeer(
                ResNetPeer.Create(network, channelsLast), images => PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast), batches, LearningRate).Step))];
        TrainedNetwork ours = new(network, batches, LearningRate, compile: true);

        // Adam's first step goes by the signs of gradients, also of those that are nothing but rounding.
        return new Duel($"training, batch of {Batch}", Metric.Images(Batch), ours.Step, rivals) { Tolerance = 1e-4 };
    }

    private static Duel Inference(int batch, Metric metric)
    {
        Sequential network = ResNet.Create18(Classes);
        Tensor images = Images(batch, seed: 2);
        Func<Tensor, Tensor> answer = Compilation.Compile(network.Forward);
        return new Duel(
            $"inference, batch of {batch}", metric, () => [answer(images)],
            AnsweringPeers.Of(images, channelsLast => ResNetPeer.Create(network, channelsLast), ResNetPeer.ToOnnx(network, batch)))
        {
            Tolerance = 1e-4,
        };
    }
}
