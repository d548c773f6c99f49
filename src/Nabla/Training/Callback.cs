namespace Nabla.Training;

/// <summary>Follows training, and may stop it. What it must remember from one run to the next it keeps through <see cref="IStatefulCallback"/>.</summary>
public abstract class Callback
{
    /// <summary>Called once before the first step, after a checkpoint was restored.</summary>
    /// <param name="trainer">What trains.</param>
    /// <param name="start">What is about to be done.</param>
    public virtual void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
    }

    /// <summary>Called after each step.</summary>
    public virtual void OnBatchEnd(Trainer trainer, BatchResult result)
    {
    }

    /// <summary>Called after each epoch and its validation, before a checkpoint is written.</summary>
    public virtual void OnEpochEnd(Trainer trainer, EpochResult result)
    {
    }

    /// <summary>Called once when training is over; not when it was cancelled or failed.</summary>
    public virtual void OnTrainingEnd(Trainer trainer)
    {
    }
}

/// <summary>What a training run is about to do.</summary>
/// <param name="Epochs">The number of the last epoch.</param>
/// <param name="Previous">The epochs that an earlier run has trained.</param>
/// <param name="Samples">The samples of an epoch; null when that shows only at its end.</param>
/// <param name="SamplesDone">The samples of the first epoch that an earlier run has learnt from.</param>
public sealed record TrainingStart(int Epochs, IReadOnlyList<EpochResult> Previous, int? Samples, int SamplesDone);
