using Nabla.Layers;
using Nabla.Peers;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>A Transformer encoder: training with Adam and dropout, and answering, by tokens in a second.</summary>
internal static class TransformerCase
{
    private const double Dropout = 0.1;
    private const double LearningRate = 0.00001;
    private const int LargeBatch = 16;

    public static IEnumerable<Duel> Duels()
    {
        yield return Training();
        yield return Inference(LargeBatch);
        yield return Inference(1);
    }

    // Each side drops other numbers, so answers are compared without dropout.
    private static Duel Training()
    {
        (Func<Tensor[]> ours, Rival rival) = Steps(Dropout);
        (Func<Tensor[]> comparable, Rival answering) = Steps(0);
        return new Duel($"training, batch of {LargeBatch}", Metric.Tokens(LargeBatch * TransformerNetwork.Tokens), ours, [rival with { Answer = answering.Answer }])
        {
            Answer = comparable,
            ComparedCalls = 3,
            Tolerance = 1e-4,
        };
    }

    private static (Func<Tensor[]> Ours, Rival Theirs) Steps(double dropout)
    {
        Sequential network = TransformerNetwork.Create(dropout);
        (Tensor, Tensor)[] batches = [.. Enumerable.Range(0, 4).Select(seed => TransformerNetwork.Batch(LargeBatch, seed))];
        TrainedPeer peer = new(new TransformerPeer(network, dropout), tokens => tokens.ToTorch().to(torch.int64), batches, LearningRate);
        TrainedNetwork ours = new(network, batches, LearningRate, compile: true);
        return (ours.Step, Rival.Libtorch("libtorch", peer.Step));
    }

    private static Duel Inference(int batch)
    {
        Sequential network = TransformerNetwork.Create(Dropout);
        Tensor tokens = TransformerNetwork.Batch(batch, seed: 1).Tokens;
        Func<Tensor, Tensor> answer = Compilation.Compile(network.Forward);
        TransformerPeer peer = new(network, Dropout);
        peer.eval();
        torch.Tensor input = tokens.ToTorch().to(torch.int64);
        byte[] model = TransformerModel.ToOnnx(network, batch);
        Rival[] rivals =
        [
            Rival.Libtorch("libtorch", () => AnsweringPeers.Answer(peer, input)),
            .. AnsweringPeers.OnnxRuntime(model, tokens),
        ];
        return new Duel($"inference, batch of {batch}", Metric.Tokens(batch * TransformerNetwork.Tokens), () => [answer(tokens)], rivals) { Tolerance = 1e-4 };
    }
}
