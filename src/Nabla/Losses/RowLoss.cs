namespace Nabla.Losses;

/// <summary>
/// A loss of rows: one number for outputs and targets along the last axis, both <c>[batch, ..., size]</c>, and the mean over a sample's rows.
/// </summary>
public abstract class RowLoss : Loss
{
    /// <inheritdoc/>
    public sealed override Tensor PerSample(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        return outputs.Rank > 1 && outputs.Shape == targets.Shape
            ? MeanPerSample(Rows(outputs, targets.To(outputs.DataType)))
            : throw new ArgumentException(
                $"{GetType().Name} expects outputs and targets [batch, ..., size] of one shape but got {outputs.Shape} and {targets.Shape}.");
    }

    /// <summary>The loss of each row, <c>[batch, ...]</c>.</summary>
    protected abstract Tensor Rows(Tensor outputs, Tensor targets);
}
