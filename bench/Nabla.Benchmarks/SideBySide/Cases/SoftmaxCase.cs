using Nabla.Peers;
using TorchSharp;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Softmax and its logarithm over rows: few classes, many classes; and reductions over either axis and over all.</summary>
internal static class SoftmaxCase
{
    public static IEnumerable<Duel> Duels()
    {
        foreach (Shape size in new Shape[] { [64, 10], [256, 1000], [4096, 1000], [4096, 4096] })
        {
            yield return Rows("softmax", size, x => x.Softmax(), x => x.softmax(-1));
            yield return Rows("log-softmax", size, x => x.LogSoftmax(), x => torch.nn.functional.log_softmax(x, -1));
        }

        foreach (Shape size in new Shape[] { [64, 1024], [4096, 4096] })
        {
            yield return Rows("sum of rows", size, x => x.Sum([1]), x => x.sum([1L]));
            yield return Rows("sum of columns", size, x => x.Sum([0]), x => x.sum([0L]));
            yield return Rows("mean of all", size, x => x.Mean(), x => x.mean());
            yield return Rows("largest of rows", size, x => x.Max([1]), x => x.amax([1L]));
        }
    }

    private static Duel Rows(string name, Shape size, Func<Tensor, Tensor> nabla, Func<torch.Tensor, torch.Tensor> libtorch)
    {
        Tensor x = RandomKey.FromSeed(1).Normal(size);
        torch.Tensor y = x.ToTorch();
        Metric metric = size.ElementCount < 1000 ? Metric.Microseconds : Metric.Bytes(x.Type.ByteCount);
        return new Duel($"{name} {size[0]}x{size[1]}", metric, () => [nabla(x)], () => [libtorch(y)]);
    }
}
