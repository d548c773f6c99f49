namespace Nabla.Losses;

/// <summary>The absolute difference.</summary>
public sealed class MeanAbsoluteError : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (outputs - targets).Abs();
}
