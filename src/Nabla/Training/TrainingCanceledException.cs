namespace Nabla.Training;

/// <summary>Training was cancelled after a whole step; the model has the weights of that step.</summary>
public sealed class TrainingCanceledException : OperationCanceledException
{
    /// <summary>A run that was cancelled.</summary>
    /// <param name="history">The epochs that were finished.</param>
    /// <param name="step">The steps that were taken.</param>
    /// <param name="checkpoint">The file that a further run goes on from; null when none was asked for.</param>
    /// <param name="cancellationToken">What cancelled it.</param>
    public TrainingCanceledException(History history, int step, string? checkpoint, CancellationToken cancellationToken)
        : base(Describe(step, checkpoint), cancellationToken)
    {
        History = history;
        Step = step;
        Checkpoint = checkpoint;
    }

    /// <summary>The epochs that were finished.</summary>
    public History History { get; }

    /// <summary>The steps that were taken.</summary>
    public int Step { get; }

    /// <summary>The file that a further run goes on from; null when none was asked for.</summary>
    public string? Checkpoint { get; }

    private static string Describe(int step, string? checkpoint) => checkpoint is null
        ? $"Training was cancelled after step {step}; no checkpoint was asked for."
        : $"Training was cancelled after step {step}; it can go on from {checkpoint}.";
}
