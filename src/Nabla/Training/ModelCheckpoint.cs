using Nabla.Formats;

namespace Nabla.Training;

/// <summary>
/// Writes the weights of the best epoch so far to a safetensors file, which is replaced as a whole. To go on training use <see cref="CheckpointPlan"/>.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="monitor">Which score is followed; the validation loss by default.</param>
/// <param name="bestOnly">Whether only better epochs are written; otherwise every epoch is.</param>
public sealed class ModelCheckpoint(string path, ScoreMonitor? monitor = null, bool bestOnly = true) : Callback, IStatefulCallback
{
    private readonly ScoreMonitor monitor = monitor ?? ScoreMonitor.Default;
    private double best = double.NaN;

    /// <inheritdoc/>
    public string StateName { get; init; } = "model_checkpoint";

    /// <summary>The score of the best epoch; not a number before the first.</summary>
    public double Best => best;

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start) =>
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double value = monitor.Of(result);
        bool better = monitor.IsBetter(value, best, minimumDelta: 0);
        best = better ? value : best;
        if (better || !bestOnly)
        {
            Safetensors.Write(path, trainer.Model.State());
        }
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() => [KeyValuePair.Create("best", Tensor.Scalar(best))];

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        best = state["best"].Item<double>();
    }
}
