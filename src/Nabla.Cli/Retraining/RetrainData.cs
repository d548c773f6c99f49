using Nabla.Cli.Commands;
using Nabla.Cli.Compression;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Retraining;

/// <summary>Samples that a model goes on learning from, and those that judge it before and after.</summary>
/// <param name="Train">To learn from: the new ones, and the old ones where they are given.</param>
/// <param name="HeldOut">To be judged by.</param>
internal sealed record RetrainData(Dataset<Sample> Train, Dataset<Sample> HeldOut)
{
    /// <summary>Reads all data as the model reads it.</summary>
    /// <exception cref="UsageException">The model and the data do not fit together, or there are too few samples.</exception>
    public static RetrainData Load(SavedModel model, RetrainSettings settings, CancellationToken cancellationToken)
    {
        if (!DataStatistics.Supports(model))
        {
            throw new UsageException($"'nabla retrain' expects a model that answers a class or a number, but '{model.Name}' answers something else.");
        }

        (Dataset<Sample> train, Dataset<Sample> heldOut) = Split(model, settings, cancellationToken);
        if (settings.With is { } old)
        {
            train = Together(train, ToLearn(model, old, cancellationToken));
        }

        return heldOut.Count > 0 ? new RetrainData(train, heldOut) : throw new UsageException($"{settings.HoldOut}: expected samples to judge by, got none.");
    }

    private static (Dataset<Sample> Train, Dataset<Sample> HeldOut) Split(SavedModel model, RetrainSettings settings, CancellationToken cancellationToken)
    {
        if (settings.HoldOut is { } path)
        {
            return (ToLearn(model, settings.Data, cancellationToken), TestData.Load(model, path, cancellationToken).Samples);
        }

        TuningData split = TuningData.Load(model, settings.Data, settings.Seed, cancellationToken);
        return (split.Train, split.Test);
    }

    // Of MNIST's files the training images; of all else everything.
    private static Dataset<Sample> ToLearn(SavedModel model, string path, CancellationToken cancellationToken) =>
        TestData.IsIdx(path) ? Mnist.Load(path).Train.ToDataset() : TestData.Load(model, path, cancellationToken).Samples;

    private static Dataset<Sample> Together(Dataset<Sample> first, Dataset<Sample> second) => Dataset.FromEnumerable<Sample>([.. first.Epoch(0), .. second.Epoch(0)]);
}
