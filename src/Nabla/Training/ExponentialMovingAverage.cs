namespace Nabla.Training;

/// <summary>
/// Keeps a running mean of the weights after each step, which often judges better than the last weights, and gives it to the model when training is
/// over (Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, 1992). Running means of layers are averaged too.
/// </summary>
/// <param name="decay">How much of the mean is kept in each step, from 0 up to, not including, 1.</param>
/// <param name="warmUp">Whether the first steps keep less, <c>(1 + steps) / (10 + steps)</c>, so that the initial weights are soon forgotten.</param>
public sealed class ExponentialMovingAverage(double decay = 0.999, bool warmUp = true) : Callback, IStatefulCallback
{
    private readonly WeightAverage average = new();
    private readonly double decay = Limits.BelowOne(decay);

    /// <inheritdoc/>
    public string StateName { get; init; } = "exponential_moving_average";

    /// <summary>The mean weights so far by the names of the parameters; empty before the first step.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => average.Weights;

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        double kept = warmUp ? Math.Min(decay, (1.0 + average.Count) / (10.0 + average.Count)) : decay;
        average.Add(trainer.Model, 1 - kept);
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
}
