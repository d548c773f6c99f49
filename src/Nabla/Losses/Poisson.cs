namespace Nabla.Losses;

/// <summary>
/// The negative logarithm of the probability of a count under a Poisson distribution, less a constant: <c>rate - target * log(rate)</c>, for
/// rates of 0 or more.
/// </summary>
public sealed class Poisson : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => outputs - (targets * (outputs + Logits.Tiny).Log());
}
