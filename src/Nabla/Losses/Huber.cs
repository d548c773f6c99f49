namespace Nabla.Losses;

/// <summary>
/// Half the square of a small difference, and a line beyond <c>delta</c>, so that outliers count less (Huber, Robust Estimation of a Location
/// Parameter, 1964).
/// </summary>
/// <param name="delta">Where the line begins; above 0.</param>
public sealed class Huber(double delta = 1) : ElementwiseLoss
{
    private readonly double delta = Limits.Positive(delta);

    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets)
    {
        Tensor difference = (outputs - targets).Abs();
        Tensor small = difference.Clip(0, delta);
        return (small * small * 0.5) + ((difference - small) * delta);
    }
}
