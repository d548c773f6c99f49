namespace Nabla.Training;

/// <summary>Stops when the validation loss has not improved for some epochs, and goes back to the weights of the best one.</summary>
/// <param name="patience">The epochs without improvement that are borne.</param>
/// <param name="minimumDelta">What counts as an improvement.</param>
public sealed class EarlyStopping(int patience = 2, double minimumDelta = 0) : Callback
{
    private double best = double.PositiveInfinity;
    private Tensor[]? bestValues;
    private int waited;

    /// <summary>The epoch whose weights are kept, from 1; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>The weights of the best epoch; null before the first.</summary>
    internal Tensor[]? BestValues => bestValues;

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(result);
        if (Improves(result))
        {
            bestValues = [.. trainer.Model.Parameters.Select(parameter => parameter.Value)];
        }
        else if (waited >= patience)
        {
            trainer.Stop();
        }
    }

    /// <summary>Goes on after epochs that an earlier run trained.</summary>
    internal void Restore(IReadOnlyList<EpochResult> epochs, Tensor[]? values)
    {
        foreach (EpochResult epoch in epochs)
        {
            Improves(epoch);
        }

        bestValues = values;
    }

    /// <summary>Whether patience is at its end.</summary>
    public bool IsOver => waited >= patience;

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        for (int index = 0; bestValues is not null && index < bestValues.Length; index++)
        {
            trainer.Model.Parameters[index].Value = bestValues[index];
        }
    }

    private bool Improves(EpochResult result)
    {
        if (result.ValidationLoss < best - minimumDelta)
        {
            (best, BestEpoch, waited) = (result.ValidationLoss, result.Epoch, 0);
            return true;
        }

        waited++;
        return false;
    }
}
