using Nabla.Layers;
using Nabla.Peers;
using Nabla.Transforms;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The digits network: training with Adam on batches of 64 images, and answering.</summary>
internal static class DigitsCases
{
    // So small that thousands of steps do not learn the batches by heart: then gradients would vanish, and with them the work.
    private const double LearningRate = 0.00001;
    private const int Batch = 64;

    public static IEnumerable<Duel> Training() => new[] { true, false }.Select(Training);

    public static IEnumerable<Duel> Inference()
    {
        foreach ((int batch, Metric metric) in new[] { (Batch, Metric.Images(Batch)), (1, Metric.Microseconds) })
        {
            yield return Inference(batch, metric, compile: true);
            yield return Inference(batch, metric, compile: false);
        }
    }

    private static Duel Training(bool compile)
    {
        Sequential network = DigitsNetwork.Create();
        IReadOnlyList<(Tensor Images, Tensor Labels)> batches = DigitBatches.Of(Batch);
        Rival[] rivals = [.. new[] { false, true }.Select(channelsLast => Rival.Libtorch(
            DigitsNetwork.Layout(channelsLast),
            new TrainedPeer(
                DigitsNetwork.CreatePeer(network, channelsLast), images => PeerLayers.InLayout(images.ToTorch().ChannelsFirst(), channelsLast), batches, LearningRate).Step))];
        TrainedNetwork ours = new(network, batches, LearningRate, compile);
        return new Duel($"batch of {Batch}, {DigitsNetwork.Mode(compile)}", Metric.Images(Batch), ours.Step, rivals)
        {
            ComparedCalls = 5,
            Tolerance = 1e-4,
        };
    }

    private static Duel Inference(int batch, Metric metric, bool compile)
    {
        Sequential network = DigitsNetwork.Create();
        Tensor images = DigitBatches.Of(batch)[0].Images;
        Func<Tensor, Tensor> answer = compile ? Compilation.Compile(network.Forward) : network.Forward;
        return new Duel(
            $"batch of {batch}, {DigitsNetwork.Mode(compile)}", metric, () => [answer(images)],
            AnsweringPeers.Of(images, channelsLast => DigitsNetwork.CreatePeer(network, channelsLast), DigitsNetwork.ToOnnx(network, batch)));
    }
}
