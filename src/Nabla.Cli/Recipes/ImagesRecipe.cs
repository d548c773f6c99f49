using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Vision;

namespace Nabla.Cli.Recipes;

/// <summary>A folder with a sub-folder of pictures for each class, and a small convolutional network that learns them.</summary>
internal sealed class ImagesRecipe : Recipe
{
    private const int Colours = 3;
    private const int FewestFilters = 32;
    private const int MostBlocks = 3;
    private const int SmallestBlock = 6;

    public override string Name => "images";

    public override string Description => "A folder of images with one sub-folder a class: a small convolutional network.";

    public override string DataDescription => "The folder: one sub-folder a class, with PNG or JPEG images; or 'train' and 'test' with such sub-folders.";

    public override IReadOnlyList<string> SpecialOptions => ["--size"];

    public override RecipeDefaults Defaults => new(Epochs: 30, Batch: 16, Patience: 5);

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        string path = settings.Data ?? throw new UsageException("'nabla train images' needs a folder: give it with --data.");
        ImagePreprocessing preprocessing = new() { Height = settings.Size, Width = settings.Size, Channels = Colours };
        Parts<ImageFolder> folders = Split(path, settings);
        Sequential network = CreateNetwork(folders.Train.Classes.Count, settings);
        return new Experiment
        {
            Network = network,
            Samples = folders.Map(folder => folder.Load(preprocessing, cancellationToken)),
            Question = new Question(folders.Train.Classes),
            Preprocessing = new ModelPreprocessing(Image: preprocessing),
            Data = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}, {folders.Count(folder => folder.Files.Count)} images",
        };
    }

    private static Parts<ImageFolder> Split(string path, TrainSettings settings)
    {
        bool isSplit = ImageFolder.IsSplit(path);
        ImageFolder learnt = ImageFolder.Open(isSplit ? Path.Combine(path, "train") : path);
        Parts<int[]> drawn = Parts.Draw(learnt.Files.Count, settings.Limit, settings.Seed, $"{learnt.Path}: images");
        if (!isSplit)
        {
            return drawn.Map(learnt.Select);
        }

        int[] train = [.. drawn.Train.Concat(drawn.Test).Order()];
        return new Parts<ImageFolder>(learnt.Select(train), learnt.Select(drawn.Validation), ImageFolder.Open(Path.Combine(path, "test"), learnt.Classes));
    }

    // Each block halves the sides, so small images get fewer blocks.
    private static Sequential CreateNetwork(int classes, TrainSettings settings)
    {
        List<Layer> layers = [];
        int side = settings.Size;
        for (int block = 0; block < MostBlocks && side >= SmallestBlock; block++)
        {
            layers.Add(new Conv2D(FewestFilters << block, 3, ActivationKind.Relu));
            layers.Add(new MaxPool2D(2));
            side = (side - 2) / 2;
        }

        layers.AddRange([new Flatten(), new Dropout(0.25), new Dense(64, ActivationKind.Relu), new Dense(classes, ActivationKind.Softmax)]);
        return new Sequential([settings.Size, settings.Size, Colours], settings.Seed, [.. layers]);
    }
}
