using System.Globalization;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Cli.Retraining;

/// <summary>Lets a model go on learning from its current weights, and judges it before and after by the same samples.</summary>
internal sealed class RetrainRun(SavedModel model, RetrainData data, RetrainSettings settings)
{
    /// <summary>Learns and judges.</summary>
    /// <param name="callbacks">Follow training.</param>
    /// <param name="cancellationToken">Ends training.</param>
    public RetrainOutcome Run(IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        Scores before = Judge();
        CreateTrainer().Fit(
            data.Train,
            null,
            new FitOptions { Epochs = settings.Epochs, BatchSize = settings.Batch, Seed = settings.Seed, Callbacks = callbacks },
            cancellationToken);
        Scores after = Judge();
        double gain = GainOf(before, after);
        return new RetrainOutcome(before, after, gain, gain > 0 && gain >= settings.MinGain, data.Train.Count ?? 0, data.HeldOut.Count ?? 0);
    }

    /// <summary>The model as it is now, with its record and the statistics of what it has learnt from last.</summary>
    public SavedModel Describe(RetrainOutcome outcome)
    {
        SavedModel described = model with
        {
            Training = new TrainingRecord
            {
                Recipe = "retrain",
                Data = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{NameOf(settings.Data)}{(settings.With is { } old ? $" and {NameOf(old)}" : "")}, {outcome.Samples} samples; before: {model.Training?.Data ?? "not known"}"),
                Seed = settings.Seed,
                Epochs = settings.Epochs,
                Settings = new Dictionary<string, string>
                {
                    ["optimizer"] = "adam",
                    ["learningRate"] = settings.LearningRate.ToString(CultureInfo.InvariantCulture),
                    ["batch"] = settings.Batch.ToString(CultureInfo.InvariantCulture),
                },
                Metrics = outcome.After.Where(score => double.IsFinite(score.Value)).ToDictionary(score => $"test_{score.Key}", score => score.Value),
            },
        };
        return described with { Statistics = DataStatistics.From(described, data.Train) };
    }

    // Of classes the gain is that in accuracy; of numbers the part of the error that is gone.
    private double GainOf(Scores before, Scores after) => model.Task == PredictionTask.Classification
        ? after["accuracy"] - before["accuracy"]
        : 1 - (after["rmse"] / before["rmse"]);

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    private Scores Judge() => CreateTrainer().Evaluate(data.HeldOut);

    private Trainer CreateTrainer()
    {
        Question question = Question.Of(model);
        return new Trainer(model.Network, question.CreateLoss(), new Adam(settings.LearningRate), question.CreateMetrics());
    }
}

/// <summary>What came of it.</summary>
/// <param name="Before">How good the model was on the samples that judge.</param>
/// <param name="After">How good it is.</param>
/// <param name="Gain">How much better.</param>
/// <param name="IsAccepted">Whether that is enough.</param>
/// <param name="Samples">How many samples it learnt from.</param>
/// <param name="HeldOut">How many judged it.</param>
internal sealed record RetrainOutcome(Scores Before, Scores After, double Gain, bool IsAccepted, int Samples, int HeldOut);
