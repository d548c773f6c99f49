namespace Nabla.Training;

/// <summary>Makes the learning rate smaller when a score has not improved for some epochs.</summary>
/// <param name="factor">What the learning rate is multiplied by, between 0 and 1.</param>
/// <param name="patience">The learning rate falls after so many epochs without improvement.</param>
/// <param name="minimumDelta">What a score must improve by to count as better.</param>
/// <param name="cooldown">The epochs after each fall in which none are counted.</param>
/// <param name="minimumLearningRate">Where it stops falling.</param>
/// <param name="monitor">Which score is followed; the validation loss by default.</param>
public sealed class ReduceLearningRateOnPlateau(
    double factor = 0.1, int patience = 5, double minimumDelta = 1e-4, int cooldown = 0, double minimumLearningRate = 0, ScoreMonitor? monitor = null)
    : Callback, IStatefulCallback
{
    private readonly double factor = factor is > 0 and < 1
        ? factor
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "The learning rate is multiplied by a number between 0 and 1.");

    private readonly ScoreMonitor monitor = monitor ?? ScoreMonitor.Default;
    private double best = double.NaN;
    private int waited;
    private int cooling;

    /// <inheritdoc/>
    public string StateName { get; init; } = "reduce_learning_rate";

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer has a schedule, which sets the learning rate anew before each step.</exception>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ScheduleConflict.Refuse(trainer.Optimizer, nameof(ReduceLearningRateOnPlateau));
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double value = monitor.Of(result);
        bool cool = cooling > 0;
        cooling -= cool ? 1 : 0;
        if (monitor.IsBetter(value, best, minimumDelta))
        {
            (best, waited) = (value, 0);
        }
        else if (!cool && ++waited >= patience)
        {
            (waited, cooling) = (0, cooldown);
            double rate = trainer.Optimizer.LearningRate;
            trainer.Optimizer.LearningRate = Math.Min(rate, Math.Max(rate * factor, minimumLearningRate));
        }
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() =>
    [
        KeyValuePair.Create("best", Tensor.Scalar(best)),
        KeyValuePair.Create("waited", Tensor.Scalar(waited)),
        KeyValuePair.Create("cooling", Tensor.Scalar(cooling)),
    ];

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (best, waited, cooling) = (state["best"].Item<double>(), state["waited"].Item<int>(), state["cooling"].Item<int>());
    }
}
