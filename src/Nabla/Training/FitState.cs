namespace Nabla.Training;

/// <summary>How far a run has come: what a checkpoint keeps beside the model and the optimizer.</summary>
internal sealed class FitState(Trainer trainer, FitOptions options, int? samples)
{
    /// <summary>The model and the optimizer.</summary>
    public Trainer Trainer => trainer;

    /// <summary>How the run trains.</summary>
    public FitOptions Options => options;

    /// <summary>The training samples; null when their number shows only at the end of an epoch.</summary>
    public int? Samples => samples;

    /// <summary>The epochs that are finished.</summary>
    public List<EpochResult> Epochs { get; } = [];

    /// <summary>The batches of the current epoch that were learnt from.</summary>
    public int Batches { get; set; }

    /// <summary>How long the current epoch has taken so far.</summary>
    public double Seconds { get; set; }

    /// <summary>The figures of the current epoch so far.</summary>
    public ScoreKeeper Scores { get; } = new(trainer.Metrics);

    /// <summary>The callbacks that remember something.</summary>
    public IEnumerable<IStatefulCallback> Stateful => options.Callbacks.OfType<IStatefulCallback>();

    /// <summary>Notes an epoch and begins the next.</summary>
    public void Finish(EpochResult result)
    {
        Epochs.Add(result);
        (Batches, Seconds) = (0, 0);
    }
}
