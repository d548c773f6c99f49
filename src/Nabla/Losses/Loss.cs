namespace Nabla.Losses;

/// <summary>A measure of how wrong outputs are: what training makes small.</summary>
public abstract class Loss
{
    /// <summary>The loss of each sample, <c>[batch]</c>.</summary>
    /// <param name="outputs">What the model answered, <c>[batch, ...]</c>.</param>
    /// <param name="targets">What it should have answered.</param>
    public abstract Tensor PerSample(Tensor outputs, Tensor targets);
}
