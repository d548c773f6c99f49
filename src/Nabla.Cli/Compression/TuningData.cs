using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Compression;

/// <summary>Samples to train a saved model further with, and those that judge it before and after.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Test">To be judged by.</param>
internal sealed record TuningData(Dataset<Sample> Train, Dataset<Sample> Test)
{
    private const double TestShare = 0.1;

    /// <summary>Reads data as the model reads it: MNIST's files have test images of their own, of all else a tenth judges.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">The path of the data, or the name of a recipe that finds its own.</param>
    /// <param name="seed">Decides which samples judge.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UsageException">The model and the data do not fit together, or there are too few samples.</exception>
    public static TuningData Load(SavedModel model, string source, long seed, CancellationToken cancellationToken)
    {
        if (model.Task is PredictionTask.Translation or PredictionTask.QuestionAnswering)
        {
            throw new UsageException($"'{model.Name}' is a model for {Words(model.Task)}: these are trained by 'nabla train' alone.");
        }

        string path = PathOf(source);
        Dataset<Sample> samples = TestData.Load(model, path, cancellationToken).Samples;
        if (TestData.IsIdx(path))
        {
            return new TuningData(Mnist.Load(path).Train.ToDataset(), samples);
        }

        return Split(samples, seed, path);
    }

    /// <summary>The data to choose settings by: a tenth of what is learnt from judges, and what judges else stays unseen.</summary>
    /// <param name="source">What errors call the data.</param>
    /// <param name="seed">Decides which samples judge.</param>
    /// <exception cref="UsageException">There are too few samples.</exception>
    public TuningData ToTune(string source, long seed) => Split(Train, seed, source);

    private static string PathOf(string source) => File.Exists(source) || Directory.Exists(source)
        ? source
        : Recipe.All.FirstOrDefault(recipe => recipe.Name == source)?.FindData() ?? source;

    private static TuningData Split(Dataset<Sample> samples, long seed, string path)
    {
        int count = samples.Count ?? 0;
        if (count * TestShare < 1)
        {
            throw new UsageException($"{path}: expected at least {(int)Math.Ceiling(1 / TestShare)} samples, of which a tenth judges, got {count}.");
        }

        (Dataset<Sample> train, Dataset<Sample> test) = samples.TrainValidationSplit(TestShare, seed);
        return new TuningData(train, test);
    }

    private static string Words(PredictionTask task) => task == PredictionTask.Translation ? "translation" : "question answering";
}
