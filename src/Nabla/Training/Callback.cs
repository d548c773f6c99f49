namespace Nabla.Training;

/// <summary>How far training has come within an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Samples">The samples of this epoch that were learnt from so far.</param>
/// <param name="TotalSamples">The samples of an epoch.</param>
/// <param name="Loss">The mean loss so far.</param>
/// <param name="Accuracy">The share answered right so far.</param>
public sealed record BatchResult(int Epoch, int Samples, int TotalSamples, double Loss, double Accuracy);

/// <summary>Follows training, and may stop it.</summary>
public abstract class Callback
{
    /// <summary>Called after each step.</summary>
    public virtual void OnBatchEnd(Trainer trainer, BatchResult result)
    {
    }

    /// <summary>Called after each epoch and its validation.</summary>
    public virtual void OnEpochEnd(Trainer trainer, EpochResult result)
    {
    }

    /// <summary>Called once when training is over.</summary>
    public virtual void OnTrainingEnd(Trainer trainer)
    {
    }
}
