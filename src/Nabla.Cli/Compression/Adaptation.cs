using System.Globalization;
using Nabla.Cli.Recipes;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>Trains a saved model further on new data, with few parameters or all.</summary>
internal sealed class Adaptation(SavedModel model, TuningData data, AdaptSettings settings)
{
    // Of a model that is adapted again and again.
    private const int BasesKept = 8;

    private AdapterSet? updates;
    private TransformerAdapter? parts;

    /// <summary>The model as it has learnt.</summary>
    public SavedModel Model { get; private set; } = model;

    /// <summary>Trains.</summary>
    /// <param name="callbacks">Follow training.</param>
    /// <param name="cancellationToken">Ends training.</param>
    /// <returns>The numbers that were trained.</returns>
    public long Train(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        long trained = Prepare();
        Question question = Question.Of(Model);
        IReadOnlyList<ParameterGroup> groups = settings.Plus is { } ratio ? AdapterSet.LoraPlus(ratio) : [];
        Trainer trainer = new(Model.Network, question.CreateLoss(), settings.Training.CreateOptimizer(data.Train, groups), question.CreateMetrics());
        settings.Training.Fit(trainer, data.Train, data.Test, callbacks, cancellationToken);
        return trained;
    }

    /// <summary>Writes what was learnt alone, where the method keeps it apart from the weights.</summary>
    /// <param name="folder">The folder.</param>
    public void SaveAdapter(string folder)
    {
        updates?.Save(folder, settings.Base);
        parts?.Save(folder, settings.Base);
    }

    /// <summary>Adds updates to the weights, where they can be: the model then costs what it did.</summary>
    public void Merge() => updates?.Merge();

    /// <summary>The model as it has learnt, with what it has learnt from and how; how its base had learnt stays known.</summary>
    /// <param name="source">What people call the data.</param>
    /// <param name="scores">What it reached.</param>
    public SavedModel Describe(string source, Scores scores) => Model with
    {
        Training = new TrainingRecord
        {
            Recipe = $"adapt {settings.Method}",
            Data = $"{source}, {data.Train.Count} samples",
            Seed = settings.Training.Seed,
            Epochs = settings.Training.Epochs,
            Settings = new Dictionary<string, string>
            {
                ["optimizer"] = "adamw",
                ["learningRate"] = settings.Training.LearningRate.ToString(CultureInfo.InvariantCulture),
                ["batch"] = settings.Training.Batch.ToString(CultureInfo.InvariantCulture),
            },
            Metrics = scores.Where(score => double.IsFinite(score.Value)).ToDictionary(score => $"test_{score.Key}", score => score.Value),
            Base = Shortened(Model.Training, BasesKept),
        },
    };

    private static TrainingRecord? Shortened(TrainingRecord? record, int count) =>
        record is null || count == 0 ? null : record with { Base = Shortened(record.Base, count - 1) };

    private long Prepare()
    {
        switch (settings.Method)
        {
            case AdaptSettings.Biases:
                return BitFit.Apply(Model.Network);
            case AdaptSettings.Full:
                return Model.Network.TrainableParameters.Sum(pair => (long)pair.Value.Type.Shape.ElementCount);
            case AdaptSettings.Bottleneck:
                return Put(TransformerAdapter.AddBottlenecks(Model.Network, settings.Lora.Rank, settings.Training.Seed));
            case AdaptSettings.Prefix:
                return Put(TransformerAdapter.AddPrefix(Model.Network, settings.Lora.Rank, settings.Training.Seed));
            default:
                updates = AdapterSet.AddLora(Model.Network, settings.Lora);
                return updates.TrainableCount;
        }
    }

    private long Put(TransformerAdapter adapter)
    {
        parts = adapter;
        Model = Model with { Network = adapter.Network };
        return adapter.TrainableCount;
    }
}
