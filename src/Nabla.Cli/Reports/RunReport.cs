using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Cli.Runs;
using Nabla.Metrics;
using Nabla.Training;

namespace Nabla.Cli.Reports;

/// <summary>Tells of a training run as it goes.</summary>
internal abstract class RunReport
{
    /// <summary>A report for a machine or for a person.</summary>
    public static RunReport Create(bool json, Recipe recipe, TrainSettings settings, Terminal terminal) =>
        json ? new JsonReport(terminal) : new TextReport(recipe, settings, terminal);

    /// <summary>Says what is about to be done.</summary>
    public abstract void Start(Experiment experiment);

    /// <summary>Trains, followed by this report.</summary>
    /// <param name="fit">Trains with callbacks.</param>
    public abstract History Follow(Func<IReadOnlyList<Callback>, History> fit);

    /// <summary>Says what a finished run came to.</summary>
    public abstract void End(RunFigures figures, ConfusionMatrix? confusion, Question question, string run);

    /// <summary>Says how a stopped run can go on.</summary>
    public abstract void Stop(TrainingCanceledException stopped, string run);
}
