namespace Nabla.Losses;

/// <summary>A loss that is the mean over a sample's elements of a function of output and target, both <c>[batch, ...]</c>.</summary>
public abstract class ElementwiseLoss : Loss
{
    /// <inheritdoc/>
    public sealed override Tensor PerSample(Tensor outputs, Tensor targets)
    {
        Tensor fitting = Fitting(outputs, targets);
        return MeanPerSample(Elements(outputs, fitting));
    }

    /// <summary>The loss of each element.</summary>
    protected abstract Tensor Elements(Tensor outputs, Tensor targets);
}
