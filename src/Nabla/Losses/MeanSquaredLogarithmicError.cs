namespace Nabla.Losses;

/// <summary>
/// The square of <c>log(1 + output) - log(1 + target)</c>: a relative error for large numbers. Negative outputs and targets count as 0, so there is
/// no gradient at outputs below 0.
/// </summary>
public sealed class MeanSquaredLogarithmicError : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => ((outputs.Relu() + 1).Log() - (targets.Relu() + 1).Log()).Square();
}
