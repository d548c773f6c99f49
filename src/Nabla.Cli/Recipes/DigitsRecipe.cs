using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Recipes;

/// <summary>Small grey images of ten classes, in MNIST's four files, and the convolutional network that learns them.</summary>
/// <param name="name">The name of the recipe.</param>
/// <param name="description">What it does, for the help.</param>
/// <param name="labels">The classes.</param>
/// <param name="source">Who made the data.</param>
/// <param name="folders">Where the data is looked for when none is given, here and in the folders above.</param>
/// <param name="howToGet">What to do when it is not there.</param>
internal sealed class DigitsRecipe(
    string name, string description, IReadOnlyList<string> labels, string source, IReadOnlyList<string> folders, string howToGet) : Recipe
{
    private const int Side = 28;
    private const string FirstFile = "train-images-idx3-ubyte";

    public static DigitsRecipe Digits { get; } = new(
        "digits",
        "Handwritten digits: a convolutional network on MNIST.",
        [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")],
        "MNIST (LeCun, Cortes, Burges; CC BY-SA 3.0)",
        [Path.Combine("data", "mnist")],
        "It is in the repository under data/mnist: run the command from a folder of the repository, or give --data.");

    public static DigitsRecipe Fashion { get; } = new(
        "fashion",
        "Pieces of clothing: the same network on Fashion-MNIST.",
        Mnist.FashionClasses,
        "Fashion-MNIST (Xiao, Rasul, Vollgraf; MIT)",
        [Path.Combine("data", "fashion-mnist"), "/usr/share/datasets/fashion-mnist"],
        "On Debian and Ubuntu: apt install dataset-fashion-mnist. "
        + "Elsewhere take the four files from https://github.com/zalandoresearch/fashion-mnist and give their folder with --data.");

    public override string Name => name;

    public override string Description => description;

    public override string DataDescription => $"The folder with the four IDX files, gzipped or not; default {string.Join(" or ", folders)}.";

    public override RecipeDefaults Defaults => new(Epochs: 10, Batch: 64, Patience: 2);

    public override string FindData() => HereAndAbove()
        .SelectMany(above => folders.Select(folder => Path.Combine(above, folder)))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, FirstFile)) || File.Exists(Path.Combine(folder, $"{FirstFile}.gz")))
        ?? throw new UsageException($"The data of '{name}' was not found. {howToGet}");

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        MnistData data = Mnist.Load(settings.Data ?? FindData());
        Dataset<Sample> samples = settings.Limit is { } limit ? data.Train.ToDataset().Take(limit) : data.Train.ToDataset();
        (Dataset<Sample> train, Dataset<Sample> validation) = samples.TrainValidationSplit(Parts.Share, settings.Seed);
        return new Experiment
        {
            Network = CreateNetwork(settings.Seed),
            Samples = new Parts<Dataset<Sample>>(train, validation, data.Test.ToDataset()),
            Question = new Question(labels),
            Preprocessing = new ModelPreprocessing(Image: new ImagePreprocessing { Height = Side, Width = Side, Channels = 1 }),
            Data = source,
        };
    }

    private static Sequential CreateNetwork(long seed) => new(
        [Side, Side, 1],
        seed,
        new Conv2D(32, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Conv2D(64, 3, ActivationKind.Relu),
        new MaxPool2D(2),
        new Flatten(),
        new Dense(64, ActivationKind.Relu),
        new Dense(10, ActivationKind.Softmax));

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
}
