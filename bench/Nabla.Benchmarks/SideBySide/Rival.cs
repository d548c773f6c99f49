using Nabla.Peers;
using Nabla.Peers.Onnx;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>A peer in one of its configurations.</summary>
/// <param name="Name">The peer and the configuration, as in <c>libtorch channels last</c>.</param>
/// <param name="Call">Does the work once; this is what is timed.</param>
/// <param name="Answer">Does the work once and gives the answers in Nabla's layout; this is what is compared.</param>
internal sealed record Rival(string Name, Action Call, Func<Tensor[]> Answer)
{
    /// <summary>libtorch.</summary>
    /// <param name="name">Its configuration.</param>
    /// <param name="call">The work; who calls disposes what comes.</param>
    /// <param name="layouts">Brings each answer into Nabla's layout.</param>
    public static Rival Libtorch(string name, Func<torch.Tensor[]> call, params Func<torch.Tensor, torch.Tensor>[] layouts) => new(
        name,
        () => Dispose(call()),
        () =>
        {
            torch.Tensor[] answers = call();
            Tensor[] comparable = [.. answers.Select((answer, index) => (index < layouts.Length ? layouts[index](answer) : answer).ToNabla())];
            Dispose(answers);
            return comparable;
        });

    /// <summary>ONNX Runtime with some number of threads.</summary>
    public static Rival OnnxRuntime(byte[] model, int threads, params IReadOnlyList<Tensor> inputs)
    {
        OnnxModel session = new(model, threads, inputs);
        return new Rival($"ONNX Runtime, {threads} thread{(threads == 1 ? "" : "s")}", session.Run, session.Answer);
    }

    private static void Dispose(torch.Tensor[] answers) => Array.ForEach(answers, answer => answer.Dispose());
}
