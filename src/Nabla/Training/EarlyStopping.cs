namespace Nabla.Training;

/// <summary>Stops when a score has not improved for some epochs, and goes back to the weights of the best epoch.</summary>
/// <param name="patience">Training stops after so many epochs without improvement.</param>
/// <param name="minimumDelta">What a score must improve by to count as better.</param>
/// <param name="monitor">Which score is followed; the validation loss by default.</param>
/// <param name="restoreBest">Whether the weights of the best epoch are put back when training is over.</param>
public sealed class EarlyStopping(int patience = 2, double minimumDelta = 0, ScoreMonitor? monitor = null, bool restoreBest = true)
    : Callback, IStatefulCallback
{
    private readonly ScoreMonitor monitor = monitor ?? ScoreMonitor.Default;
    private KeyValuePair<string, Tensor>[] bestWeights = [];
    private double best = double.NaN;
    private int waited;

    /// <summary>The best epoch, from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <inheritdoc/>
    public string StateName { get; init; } = "early_stopping";

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double value = monitor.Of(result);
        if (monitor.IsBetter(value, best, minimumDelta))
        {
            (best, BestEpoch, waited) = (value, result.Epoch, 0);
            bestWeights = restoreBest ? [.. trainer.Model.State()] : [];
        }
        else if (++waited >= patience)
        {
            trainer.Stop();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        if (bestWeights.Length > 0)
        {
            trainer.Model.Load(bestWeights.ToDictionary());
        }
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() =>
    [
        KeyValuePair.Create("best", Tensor.Scalar(best)),
        KeyValuePair.Create("best_epoch", Tensor.Scalar(BestEpoch)),
        KeyValuePair.Create("waited", Tensor.Scalar(waited)),
        .. bestWeights.Select(pair => KeyValuePair.Create($"weights/{pair.Key}", pair.Value)),
    ];

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (best, BestEpoch, waited) = (state["best"].Item<double>(), state["best_epoch"].Item<int>(), state["waited"].Item<int>());
        bestWeights = [.. state
            .Where(pair => pair.Key.StartsWith("weights/", StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key["weights/".Length..], pair.Value))];
    }
}
