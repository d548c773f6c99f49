using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Profiling;
using Nabla.Training;

namespace Nabla.Cli.Profiles;

/// <summary>Profiles the steps of a recipe as <c>nabla train</c> takes them, from the data to the optimizer; the first ones are not counted.</summary>
internal sealed class ProfiledSteps(int uncounted, int counted) : Callback
{
    // The runtime compiles hot code a second time, after some calls and in the background.
    private const int WarmUp = 60;

    private ProfileSession? session;
    private Profile? profile;
    private int steps;

    public static Profile Record(Recipe recipe, string? data, ProfileSettings settings, CancellationToken cancellationToken)
    {
        TrainSettings training = Settings(recipe, data, settings);
        Experiment experiment = recipe.Prepare(training, cancellationToken);
        ProfiledSteps profiled = new(WarmUp, settings.Steps);
        Trainer trainer = new(
            experiment.Network,
            experiment.Question.CreateLoss(),
            OptimizerNames.Create(training.Optimizer, training.LearningRate),
            experiment.Question.CreateMetrics());
        try
        {
            Dataset<Sample> samples = experiment.Samples.Train;
            int needed = checked((WarmUp + settings.Steps) * settings.Batch);
            int stepsPerEpoch = Math.Max(1, (samples.Count ?? needed) / settings.Batch);
            trainer.Fit(samples.Take(needed), null, Options(training, ((WarmUp + settings.Steps) / stepsPerEpoch) + 1, profiled), cancellationToken);
            return profiled.profile!;
        }
        finally
        {
            profiled.session?.Dispose();
        }
    }

    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        steps++;
        if (steps == uncounted)
        {
            session = Profiler.Start();
        }
        else if (steps == uncounted + counted)
        {
            profile = session!.Stop();
            trainer.Stop();
        }
    }

    private static FitOptions Options(TrainSettings training, int epochs, Callback callback) => new()
    {
        Epochs = epochs,
        BatchSize = training.Batch,
        Seed = training.Seed,
        Callbacks = [callback],
    };

    private static TrainSettings Settings(Recipe recipe, string? data, ProfileSettings settings)
    {
        const string Optimizer = "adam";
        return new TrainSettings
        {
            Recipe = recipe.Name,
            Data = data,
            Epochs = 1,
            Batch = settings.Batch,
            LearningRate = OptimizerNames.UsualLearningRate(Optimizer),
            Optimizer = Optimizer,
            Seed = 1,
            Patience = 1,
        };
    }
}
