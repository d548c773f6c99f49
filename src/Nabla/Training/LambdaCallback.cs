namespace Nabla.Training;

/// <summary>A callback made of functions.</summary>
/// <example>
/// <code>
/// new LambdaCallback { EpochEnd = (_, result) => Console.WriteLine(result.Train) };
/// </code>
/// </example>
public sealed class LambdaCallback : Callback
{
    /// <summary>Called once before the first step.</summary>
    public Action<Trainer, TrainingStart>? TrainingStart { get; init; }

    /// <summary>Called after each step.</summary>
    public Action<Trainer, BatchResult>? BatchEnd { get; init; }

    /// <summary>Called after each epoch and its validation.</summary>
    public Action<Trainer, EpochResult>? EpochEnd { get; init; }

    /// <summary>Called once when training is over.</summary>
    public Action<Trainer>? TrainingEnd { get; init; }

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start) => TrainingStart?.Invoke(trainer, start);

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result) => BatchEnd?.Invoke(trainer, result);

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result) => EpochEnd?.Invoke(trainer, result);

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer) => TrainingEnd?.Invoke(trainer);
}
