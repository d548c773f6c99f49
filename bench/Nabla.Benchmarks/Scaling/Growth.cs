using System.Globalization;
using Nabla.Benchmarks.SideBySide;
using Nabla.Benchmarks.SideBySide.Cases;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Benchmarks.Scaling;

/// <summary>Images per second by batch and by depth, and GFLOP/s by the size of matrices, on one thread and on all.</summary>
internal static class Growth
{
    private const int DepthBatch = 16;
    private const int Filters = 32;
    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    private static readonly int[] Sizes = [16, 32, 64, 128, 256, 512, 1024, 2048];
    private static readonly int[] Depths = [1, 2, 4, 8, 16, 32];

    public static IEnumerable<string[]> Rows()
    {
        // The runtime compiles hot code a second time, in the background: what is measured first would be slow.
        _ = (Training(Batches[^1]), Inference(Batches[0]), Training(Batches[0]));
        int before = Threads.Count;
        foreach (int threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            Threads.Count = threads;
            foreach (string[] row in Batches.Select(Training).Concat(Batches.Select(Inference)).Concat(Sizes.Select(Product)).Concat(Depths.Select(Depth)))
            {
                row[2] = threads.ToString(CultureInfo.InvariantCulture);
                yield return row;
            }
        }

        Threads.Count = before;
    }

    private static string[] Training(int batch)
    {
        TrainedNetwork network = new(DigitsNetwork.Create(), DigitBatches.Of(batch), 0.001, compile: true);
        return Row("digits CNN, training, by batch", batch, batch / Timing.Of(() => network.Step()), "images/s");
    }

    private static string[] Inference(int batch)
    {
        Func<Tensor, Tensor> answer = Compilation.Compile(DigitsNetwork.Create().Forward);
        Tensor images = DigitBatches.Of(batch)[0].Images;
        return Row("digits CNN, inference, by batch", batch, batch / Timing.Of(() => answer(images)), "images/s");
    }

    private static string[] Product(int size)
    {
        (Tensor left, Tensor right) = (RandomKey.FromSeed(1).Normal([size, size]), RandomKey.FromSeed(2).Normal([size, size]));
        return Row("matrix product, by size", size, 2.0 * size * size * size / Timing.Of(() => left.MatMul(right)) / 1e9, "GFLOP/s");
    }

    private static string[] Depth(int depth)
    {
        Layer[] blocks = [.. Enumerable.Range(0, depth).Select(_ => new Conv2D(Filters, 3, ActivationKind.Relu, padding: 1))];
        Sequential network = new([28, 28, 1], seed: 1, [.. blocks, new GlobalAveragePool2D(), new Dense(10, ActivationKind.Softmax)]);
        TrainedNetwork trained = new(network, DigitBatches.Of(DepthBatch), 0.0001, compile: true);
        return Row($"3x3 convolutions of {Filters}, training, by depth", depth, DepthBatch / Timing.Of(() => trained.Step()), "images/s");
    }

    private static string[] Row(string what, int size, double figure, string unit) =>
        [what, size.ToString(CultureInfo.InvariantCulture), string.Empty, Outcome.Digits(figure), unit];
}
