using System.Globalization;
using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Metrics;
using Nabla.TensorBoard;
using Nabla.Training;

namespace Nabla.Cli.Runs;

/// <summary>One run of <c>nabla train</c>: data, training, judgement, run folder.</summary>
internal sealed class TrainingRun(Recipe recipe, TrainSettings settings, RunOptions options, Terminal terminal)
{
    /// <summary>Trains and writes the run folder.</summary>
    /// <returns>The exit code.</returns>
    public int Execute(CancellationToken cancellationToken)
    {
        Threads.Count = options.Threads;
        RunFolder folder = options.Resume is { } resumed ? RunFolder.Of(resumed) : RunFolder.Create(options.Output, recipe.Name);
        RunReport report = RunReport.Create(options.Json, recipe, settings, terminal);
        Experiment experiment = Prepare(folder, cancellationToken);
        report.Start(experiment);
        Trainer trainer = new(
            experiment.Network,
            experiment.Loss ?? experiment.Question.CreateLoss(),
            experiment.Optimizer ?? OptimizerNames.Create(settings.Optimizer, settings.LearningRate),
            [.. experiment.Metrics ?? experiment.Question.CreateMetrics()])
        {
            Compile = !options.Eager,
        };
        try
        {
            Finish(experiment, trainer, Fit(experiment, trainer, folder, report, cancellationToken), folder, report, cancellationToken);
            return 0;
        }
        catch (TrainingCanceledException stopped)
        {
            report.Stop(stopped, folder.Path);
            return ErrorLine.Cancelled;
        }
    }

    // What is wrong with the data shows here: then there was no run.
    private Experiment Prepare(RunFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            return recipe.Prepare(settings, cancellationToken);
        }
        catch
        {
            folder.Discard();
            throw;
        }
    }

    private History Fit(Experiment experiment, Trainer trainer, RunFolder folder, RunReport report, CancellationToken cancellationToken)
    {
        if (options.Resume is null)
        {
            folder.Clear();
        }

        using TensorBoardCallback board = new(folder.Events) { Hyperparameters = Hyperparameters(experiment) };
        return report.Follow(callbacks => trainer.Fit(
            experiment.Samples.Train,
            experiment.Samples.Validation,
            new FitOptions
            {
                Epochs = settings.Epochs,
                BatchSize = settings.Batch,
                Seed = settings.Seed,
                Buckets = experiment.Buckets,
                Callbacks = [.. callbacks, board, new EarlyStopping(settings.Patience), .. Averages()],
                Checkpoints = new CheckpointPlan(folder.Checkpoint) { Settings = settings.ToJson() },
                Resume = options.Resume,
            },
            cancellationToken));
    }

    // Behind the early stopping, whose weights it replaces.
    private Callback[] Averages() => settings.Average is { } epochs ? [new LastEpochsAverage(epochs)] : [];

    private void Finish(
        Experiment experiment, Trainer trainer, History history, RunFolder folder, RunReport report, CancellationToken cancellationToken)
    {
        RunFigures figures = Judge(experiment, trainer, history, cancellationToken);
        ConfusionMatrix? confusion = experiment.Question.IsClassification ? Confusion.Of(trainer, experiment.Samples.Test) : null;
        SavedModel model = Describe(experiment, figures);
        ModelFolder.Save(folder.Model, model with { Statistics = Statistics(model, experiment) });
        AtomicFile.WriteText(folder.History, history.ToCsv());
        figures.Save(folder.Metrics);
        Plots.SaveCurves(folder.Curves, history);
        if (confusion is not null)
        {
            Plots.SaveConfusion(folder.Confusion, confusion, experiment.Question.Labels);
            using EventWriter events = new(folder.Events);
            events.Image("confusion", File.ReadAllBytes(folder.Confusion), figures.Epochs);
        }

        report.End(figures, confusion, experiment.Question, folder.Path);
    }

    private static DataStatistics? Statistics(SavedModel model, Experiment experiment) =>
        DataStatistics.Supports(model) ? DataStatistics.From(model, experiment.Samples.Train) : null;

    private RunFigures Judge(Experiment experiment, Trainer trainer, History history, CancellationToken cancellationToken)
    {
        double seconds = history.Epochs.Sum(epoch => epoch.Seconds);
        double samples = (double)(experiment.Samples.Train.Count ?? 0) * history.Epochs.Count;
        Scores scores = trainer.Evaluate(experiment.Samples.Test, experiment.Buckets);
        if (experiment.Judge is { } judge)
        {
            scores = new Scores(scores.Loss, [.. scores.Skip(1), .. judge(cancellationToken)]);
        }

        return new RunFigures(
            scores, history.Epochs.Count, seconds, samples / seconds, recipe.Unit, experiment.Network.ParameterCount, settings.Seed);
    }

    private Dictionary<string, string> Settings(Experiment experiment) => new(experiment.Settings)
    {
        ["optimizer"] = settings.Optimizer,
        ["learningRate"] = settings.LearningRate.ToString(CultureInfo.InvariantCulture),
        ["batch"] = settings.Batch.ToString(CultureInfo.InvariantCulture),
    };

    private Dictionary<string, object> Hyperparameters(Experiment experiment) => new(
        Settings(experiment).Select(pair => KeyValuePair.Create<string, object>(pair.Key, pair.Value)))
    {
        ["learningRate"] = settings.LearningRate,
        ["batch"] = settings.Batch,
        ["seed"] = settings.Seed,
    };

    private SavedModel Describe(Experiment experiment, RunFigures figures) => new(recipe.Name, experiment.Network)
    {
        Task = experiment.Question.Task,
        Labels = experiment.Question.Labels,
        Signature = ModelSignature.Of(
            experiment.Network,
            experiment.Preprocessing switch { { Image: not null } => "image", { Text: not null } => "text", _ => "row" },
            experiment.Question.Task switch { PredictionTask.Classification => "probabilities", PredictionTask.Regression => "number", _ => "logits" }),
        Preprocessing = experiment.Preprocessing,
        Training = new TrainingRecord
        {
            Recipe = $"train {recipe.Name}",
            Data = experiment.Data,
            Seed = settings.Seed,
            Epochs = figures.Epochs,
            Settings = Settings(experiment),
            Metrics = figures.ToRecord(),
        },
    };
}
