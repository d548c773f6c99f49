namespace Nabla.Losses;

/// <summary>The logarithm of the hyperbolic cosine of the difference: about half its square near 0, and its size less log 2 far away.</summary>
public sealed class LogCosh : ElementwiseLoss
{
    /// <inheritdoc/>
    protected override Tensor Elements(Tensor outputs, Tensor targets)
    {
        // log((e^d + e^-d) / 2) = d + log(1 + e^-2d) - log 2, which does not overflow.
        Tensor difference = outputs - targets;
        return difference + (difference * -2).Softplus() - Math.Log(2);
    }
}
