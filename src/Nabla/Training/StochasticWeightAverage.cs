namespace Nabla.Training;

/// <summary>
/// Averages the weights at the ends of the last epochs, and gives the mean to the model when training is over (Izmailov et al., Averaging Weights Leads to
/// Wider Optima and Better Generalization, 2018). Running means of layers are averaged too, where the paper computes them anew.
/// </summary>
/// <param name="firstEpoch">The first epoch whose weights count, from 1.</param>
/// <param name="learningRate">The learning rate of the epochs that count; null to leave it alone.</param>
public sealed class StochasticWeightAverage(int firstEpoch, double? learningRate = null) : Callback, IStatefulCallback
{
    private readonly WeightAverage average = new();
    private readonly int firstEpoch = Limits.AtLeast(1, firstEpoch);

    /// <inheritdoc/>
    public string StateName { get; init; } = "stochastic_weight_average";

    /// <summary>The mean weights so far by the names of the parameters; empty before the first epoch that counts.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => average.Weights;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A learning rate is given, but the optimizer has a schedule.</exception>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(start);
        if (learningRate is not null)
        {
            ScheduleConflict.Refuse(trainer.Optimizer, nameof(StochasticWeightAverage));
        }

        SetRate(trainer, next: start.Previous.Count + 1);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(result);
        if (result.Epoch >= firstEpoch)
        {
            average.Add(trainer.Model, 1.0 / (average.Count + 1));
        }

        SetRate(trainer, next: result.Epoch + 1);
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        average.GiveTo(trainer.Model);
    }

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, Tensor>> SaveState() => average.SaveState();

    /// <inheritdoc/>
    public void RestoreState(IReadOnlyDictionary<string, Tensor> state) => average.RestoreState(state);

    private void SetRate(Trainer trainer, int next)
    {
        if (next >= firstEpoch)
        {
            trainer.Optimizer.LearningRate = learningRate ?? trainer.Optimizer.LearningRate;
        }
    }
}
