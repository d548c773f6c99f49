using Nabla.Layers;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>A network of long short-term memory over 100 tokens of a vocabulary of 10,000: training with Adam, and answering.</summary>
internal static class LstmCase
{
    // So small that thousands of steps do not learn the batches by heart.
    private const double LearningRate = 0.00001;
    private const int Vocabulary = 10_000;
    private const int Size = 128;
    private const int Steps = 100;
    private const int Classes = 10;

    public static IEnumerable<Duel> Duels()
    {
        yield return Training(64);
        yield return Inference(1, Metric.Microseconds);
        yield return Inference(64, Metric.Sequences(64));
    }

    private static Sequential Network() => new([Steps], seed: 1, new Embedding(Vocabulary, Size), new Lstm(Size), new Dense(Classes, ActivationKind.Softmax));

    private static Tensor Tokens(int batch, int seed) =>
        Tensor.From([.. Enumerable.Range(0, batch * Steps).Select(index => (int)(((index + ((long)seed * 64 * Steps)) * 7919 + (index * (long)index)) % Vocabulary))])
            .Reshape(batch, Steps);

    private static Duel Training(int batch)
    {
        Sequential network = Network();
        Tensor labels = Tensor.From([.. Enumerable.Range(0, batch).Select(index => index * 7 % Classes)]);
        (Tensor Images, Tensor Labels)[] batches = [.. Enumerable.Range(0, 4).Select(index => (Tokens(batch, index), labels))];
        Rival[] rivals = [.. Layouts().Select(batchFirst => Rival.Libtorch(
            Layout(batchFirst), new TrainedPeer(new LstmPeer(network, batchFirst), LstmPeer.Tokens, batches, LearningRate).Step))];
        TrainedNetwork ours = new(network, batches, LearningRate, compile: true);
        return new Duel($"training, batch of {batch}", Metric.Sequences(batch), ours.Step, rivals) { ComparedCalls = 3, Tolerance = 1e-5 };
    }

    private static Duel Inference(int batch, Metric metric)
    {
        Sequential network = Network();
        Tensor tokens = Tokens(batch, seed: 5);
        Func<Tensor, Tensor> answer = Compilation.Compile(network.Forward);
        return new Duel($"inference, batch of {batch}", metric, () => [answer(tokens)], [.. Layouts().Select(batchFirst =>
        {
            LstmPeer peer = new(network, batchFirst);
            peer.eval();
            torch.Tensor input = LstmPeer.Tokens(tokens);
            return Rival.Libtorch(Layout(batchFirst), () => Answer(peer, input));
        })]);
    }

    private static torch.Tensor[] Answer(LstmPeer peer, torch.Tensor tokens)
    {
        using IDisposable inference = torch.inference_mode();
        using DisposeScope scope = torch.NewDisposeScope();
        return [peer.forward(tokens).softmax(-1).DetachFromDisposeScope()];
    }

    private static bool[] Layouts() => [true, false];

    private static string Layout(bool batchFirst) => batchFirst ? "libtorch batch first" : "libtorch time first";
}
