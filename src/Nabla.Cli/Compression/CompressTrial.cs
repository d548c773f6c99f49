using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>A model that the search has tried.</summary>
/// <param name="Name">What was done, such as <c>channels 50 % + int8</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Figures">What it costs and how good it is.</param>
/// <param name="Drop">What it is worse by, see <see cref="DropOf"/>.</param>
internal sealed record CompressTrial(string Name, SavedModel Model, ModelFigures Figures, double Drop)
{
    private const string Accuracy = "accuracy";

    /// <summary>The accuracy that was lost, or where there is none the share by which the loss rose; negative where a model became better.</summary>
    public static double DropOf(Scores before, Scores after) => before.TryGetValue(Accuracy, out double right)
        ? right - after[Accuracy]
        : (after.Loss - before.Loss) / Math.Abs(before.Loss);

    /// <summary>The trials of which none other costs less and is as good, the dearest first.</summary>
    /// <param name="trials">All trials.</param>
    /// <param name="cost">What counts as cost.</param>
    public static IReadOnlyList<CompressTrial> Frontier(IReadOnlyList<CompressTrial> trials, Func<ModelFigures, double> cost)
    {
        List<CompressTrial> best = [];
        foreach (CompressTrial trial in trials.OrderBy(trial => cost(trial.Figures)).ThenBy(trial => trial.Drop))
        {
            if (best.Count == 0 || trial.Drop < best[^1].Drop)
            {
                best.Add(trial);
            }
        }

        best.Reverse();
        return best;
    }
}
