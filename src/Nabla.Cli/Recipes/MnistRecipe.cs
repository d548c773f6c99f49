using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Cli.Recipes;

/// <summary>Small grey images of ten classes and the network that learns them.</summary>
/// <param name="Name">The name of the recipe.</param>
/// <param name="Labels">The names of the classes.</param>
/// <param name="Folders">Where the data is looked for when none is given.</param>
/// <param name="HowToGet">What to do when it is not there.</param>
internal sealed record MnistRecipe(string Name, IReadOnlyList<string> Labels, IReadOnlyList<string> Folders, string HowToGet)
{
    private const string FirstFile = "train-images-idx3-ubyte";

    public static MnistRecipe Digits { get; } = new(
        "digits",
        [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")],
        [Path.Combine("data", "mnist")],
        "It is in the repository under data/mnist: run the command from a folder of the repository, or give --data.");

    public static MnistRecipe Fashion { get; } = new(
        "fashion",
        Mnist.FashionClasses,
        [Path.Combine("data", "fashion-mnist"), "/usr/share/datasets/fashion-mnist"],
        "On Debian: apt install dataset-fashion-mnist. Elsewhere take the four files from https://github.com/zalandoresearch/fashion-mnist and give their folder with --data.");

    /// <summary>The network of the recipe.</summary>
    public static Sequential CreateNetwork(long seed) => new(
        [28, 28, 1],
        seed,
        new Conv2D(32, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Conv2D(64, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Flatten(),
        new Dense(64, ActivationKind.Relu),
        new Dense(10, ActivationKind.Softmax));

    /// <summary>Reads the data from a folder, or from where it usually is.</summary>
    public MnistData Load(string? data) => Mnist.Load(data ?? FindFolder());

    private static IEnumerable<string> HereAndAbove()
    {
        foreach (string start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                yield return folder.FullName;
            }
        }
    }

    private string FindFolder() => HereAndAbove()
        .SelectMany(above => Folders.Select(folder => Path.Combine(above, folder)))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, FirstFile)) || File.Exists(Path.Combine(folder, $"{FirstFile}.gz")))
        ?? throw new Commands.UsageException($"The data of '{Name}' was not found. {HowToGet}");
}
