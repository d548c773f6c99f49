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

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(result);
        if (result.ValidationLoss < best - minimumDelta)
        {
            best = result.ValidationLoss;
            bestValues = [.. trainer.Model.Parameters.Select(parameter => parameter.Value)];
            BestEpoch = result.Epoch;
            waited = 0;
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
        for (int index = 0; bestValues is not null && index < bestValues.Length; index++)
        {
            trainer.Model.Parameters[index].Value = bestValues[index];
        }
    }
}
