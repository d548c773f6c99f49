namespace Nabla.Losses;

/// <summary>
/// 100 times the absolute difference, divided by the size of the target: of 1e-7 at least, so that targets of 0 give a large number and not
/// infinity.
/// </summary>
public sealed class MeanAbsolutePercentageError : ElementwiseLoss
{
    private const double Smallest = 1e-7;

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets) =>
        (outputs - targets).Abs() * 100 / targets.Abs().Maximum(Tensor.Full(Shape.Scalar, Smallest, targets.DataType));
}
