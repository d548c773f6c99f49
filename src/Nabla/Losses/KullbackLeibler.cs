namespace Nabla.Losses;

/// <summary>
/// The Kullback-Leibler divergence of the outputs from the targets, both distributions over the last axis: <c>sum(target * log(target / output))</c>.
/// Where the outputs come from a softmax it is computed from its logits.
/// </summary>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
public sealed class KullbackLeibler(bool fromLogits = false) : RowLoss
{
    /// <inheritdoc/>
    protected override Tensor Rows(Tensor outputs, Tensor targets)
    {
        Tensor logits = fromLogits ? outputs : Logits.OfSoftmax(outputs);
        return (targets * ((targets + Logits.Tiny).Log() - logits.LogSoftmax())).Sum([-1]);
    }
}
