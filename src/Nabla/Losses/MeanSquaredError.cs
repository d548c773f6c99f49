namespace Nabla.Losses;

/// <summary>The square of the difference.</summary>
public sealed class MeanSquaredError : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) => (outputs - targets).Square();
}
