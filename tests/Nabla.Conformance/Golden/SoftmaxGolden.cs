using TorchSharp;

namespace Nabla.Conformance.Golden;

/// <summary>Softmax and its logarithm over any axis, and where they would overflow.</summary>
internal static class SoftmaxGolden
{
    public static void Record(GoldenRecorder file)
    {
        foreach (long axis in new long[] { 0, 1, 2 })
        {
            file.Record($"softmax over {axis}", [GoldenRecorder.Normal(2, 3, 4) * 4], x => x[0].softmax(axis));
            file.Record($"log-softmax over {axis}", [GoldenRecorder.Normal(2, 3, 4) * 4], x => torch.nn.functional.log_softmax(x[0], axis));
        }

        file.Record("softmax of large logits", [GoldenRecorder.Normal(2, 6) * 300], x => x[0].softmax(-1));
        file.Record("log-softmax of large logits", [GoldenRecorder.Normal(2, 6) * 300], x => torch.nn.functional.log_softmax(x[0], -1));
    }
}
