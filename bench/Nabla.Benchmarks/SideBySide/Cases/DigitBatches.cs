using Nabla.Data;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Real digits in batches: how many of a rectifier's results live, and so what a gradient costs, depends on the images.</summary>
internal static class DigitBatches
{
    private const int Count = 64;
    private static readonly Lazy<MnistData> Digits = new(() => Mnist.Load(Folder()));

    /// <summary>64 different batches of <c>[batch, 28, 28, 1]</c> and their classes, which training goes round.</summary>
    public static IReadOnlyList<(Tensor Images, Tensor Labels)> Of(int batch) =>
        [.. Digits.Value.Train.ToDataset().Batch(batch).Epoch(0).Take(Count).Select(sample => (sample.Inputs[0], sample.Targets!))];

    private static string Folder()
    {
        for (DirectoryInfo? above = new(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            string folder = Path.Combine(above.FullName, "data", "mnist");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("data/mnist was not found above the program: run it from a clone of the repository.");
    }
}
