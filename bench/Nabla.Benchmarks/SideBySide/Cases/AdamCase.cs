using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Peers;
using Nabla.Training;
using Nabla.Transforms;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Steps of Adam over ten million parameters; the figure counts value, gradient and both means read, and all but the gradient written.</summary>
internal static class AdamCase
{
    private const int Parameters = 10_000_000;
    private const double LearningRate = 0.001;
    private const int ComparedSteps = 3;

    public static IEnumerable<Duel> Duels()
    {
        yield return Step("one parameter of 10 million", [Parameters]);
        yield return Step("10 parameters of one million", [.. Enumerable.Repeat(Parameters / 10, 10)]);
    }

    private static Duel Step(string name, int[] sizes)
    {
        Tensor[] values = [.. sizes.Select((size, index) => RandomKey.FromSeed(index).Normal([size]))];
        Tensor[] gradients = [.. sizes.Select((size, index) => RandomKey.FromSeed(100 + index).Normal([size]))];
        KeyValuePair<string, Parameter>[] parameters = [.. values.Select((value, index) => KeyValuePair.Create($"p{index}", new Parameter($"p{index}", value)))];
        CompiledUpdate update = new(new Adam(LearningRate), parameters);
        TorchSharp.Modules.Parameter[] peers = [.. values.Select(value => new TorchSharp.Modules.Parameter(value.ToTorch().clone()))];
        torch.optim.Optimizer adam = torch.optim.Adam(peers, LearningRate);
        foreach ((TorchSharp.Modules.Parameter peer, Tensor gradient) in peers.Zip(gradients))
        {
            peer.grad = gradient.ToTorch();
        }

        (int steps, int peerSteps) = (0, 0);
        return new Duel(name, Metric.Bytes(7.0 * sizeof(float) * Parameters), Ours, Theirs) { ComparedCalls = ComparedSteps };

        // Values are looked at only while answers are compared: who looks at one makes the next step write elsewhere.
        Tensor[] Ours()
        {
            update.Apply(Array.ConvertAll(gradients, gradient => new ParameterGradient(gradient)));
            return ++steps <= ComparedSteps ? [.. parameters.Select(pair => pair.Value.Value)] : [];
        }

        torch.Tensor[] Theirs()
        {
            adam.step();
            return ++peerSteps <= ComparedSteps ? [.. peers.Select(peer => peer.detach().clone())] : [];
        }
    }
}
